//! Tables without JavaScript.

use super::{Table, escaped};

/// Maximum number of rows of a table
const SHOWN: usize = 200;

/// The first rows of each table, each with its details.
pub(super) fn tables(tables: &[Table]) -> String {
    tables.iter().map(table).collect()
}

fn table(table: &Table) -> String {
    let Table {
        name,
        note,
        columns,
    } = table;
    let all = columns
        .iter()
        .map(super::Column::len)
        .max()
        .unwrap_or_default();
    let shown = columns.iter().filter(|one| !one.is_details());
    let titles = shown.map(|one| format!("<th>{}</th>", escaped(one.title())));
    let titles: Vec<_> = titles.collect();
    let rows = (0..all.min(SHOWN)).map(|row| {
        let (details, cells): (Vec<_>, Vec<_>) = columns.iter().partition(|one| one.is_details());
        let lines = |lines: Vec<String>, end: &str| {
            let lines: Vec<_> = lines.iter().map(|line| escaped(line)).collect();
            lines.join(end)
        };
        let cells = cells.iter().map(|one| format!("<td>{}</td>", lines(one.lines(row), "<br>")));
        let details = details.iter().map(|one| lines(one.lines(row), "\n"));
        let details = details.filter(|text| !text.is_empty()).map(|text| {
            let width = titles.len();
            format!(
                "<tr class=\"detail\"><td colspan=\"{width}\"><details><summary>Details</summary><pre>{text}</pre></details></td></tr>\n"
            )
        });
        let cells: String = cells.collect();
        format!("<tr>{cells}</tr>\n{}", details.collect::<String>())
    });
    let rest = match all.saturating_sub(SHOWN) {
        0 => String::new(),
        1 => "<p>1 more row needs JavaScript.</p>\n".to_owned(),
        rest => format!("<p>{rest} more rows need JavaScript.</p>\n"),
    };
    let note = match note.as_str() {
        "" => String::new(),
        note => format!("<p>{}</p>\n", escaped(note)),
    };
    let (name, titles) = (escaped(name), titles.concat());
    let rows: String = rows.collect();
    format!(
        "<section>\n<h2>{name}</h2>\n{note}<table>\n<thead><tr>{titles}</tr></thead>\n<tbody>\n{rows}</tbody>\n\
         </table>\n{rest}</section>\n"
    )
}
