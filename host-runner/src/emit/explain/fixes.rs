//! Changes that would admit a denied image, numbered. Text to copy is not indented, since a here-document
//! keeps every space.

use std::io::{self, Write};

use crate::terminal::{BOLD_YELLOW, DIM, RESET, printable, printable_lines};
use crate::why_not::{Fixes, Obstacle, Way};

pub(super) fn write(out: &mut dyn Write, fixes: &[Fixes]) -> io::Result<()> {
    for Fixes { image, obstacles } in fixes {
        let what = match image.as_str() {
            "" => "the object".to_owned(),
            image => printable(image),
        };
        writeln!(out)?;
        match obstacles.as_slice() {
            [one] => {
                let Obstacle { what: by, ways } = one;
                let by = printable(by);
                writeln!(out, "to admit {what}, do one of ({by}):")?;
                self::ways(out, ways, &[])?;
            }
            several => {
                writeln!(out, "to admit {what}, do one of each list:")?;
                for (index, Obstacle { what: by, ways }) in several.iter().enumerate() {
                    writeln!(out, "\nfor {}:", printable(by))?;
                    self::ways(out, ways, several.get(..index).unwrap_or_default())?;
                }
            }
        }
    }
    Ok(())
}

/// Prints alternatives; one that an earlier list has only by its title.
fn ways(out: &mut dyn Write, ways: &[Way], earlier: &[Obstacle]) -> io::Result<()> {
    for (number, way) in (1_usize..).zip(ways) {
        if earlier.iter().any(|one| one.ways.contains(way)) {
            let title = printable(&way.title);
            writeln!(out, "\n{DIM}{number}.{RESET} {title}, as above")?;
            continue;
        }
        let Way {
            title,
            caution,
            blocks,
        } = way;
        writeln!(out, "\n{DIM}{number}.{RESET} {}", printable(title))?;
        if let Some(caution) = caution {
            let caution = printable(caution);
            writeln!(out, "   {BOLD_YELLOW}caution{RESET}: {caution}")?;
        }
        for block in blocks {
            writeln!(out)?;
            for line in printable_lines(block) {
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}
