use super::*;
use crate::inputs::lines::START;

fn finding(level: Level, code: &str, message: &str, image: &str) -> Finding {
    Finding {
        level,
        code: code.to_owned(),
        message: message.to_owned(),
        image: image.to_owned(),
        position: Position { line: 7, column: 3 },
    }
}

fn item(title: &str, level: Level, outcome: &str, findings: Vec<Finding>) -> Item {
    Item {
        title: title.to_owned(),
        file: "web.yaml".to_owned(),
        position: START,
        outcome: outcome.to_owned(),
        level,
        findings,
    }
}

/// Text with which the author of an object tries to break out of a cell.
const HOSTILE: &str = "a`|<b>\\| [x](https://a.example) *@b*\n::error::c #1";

fn report() -> Report {
    let denied = vec![
        finding(
            Level::Failure,
            "digest-required",
            "No digest",
            "a.example/b:1",
        ),
        finding(Level::Failure, "", HOSTILE, HOSTILE),
    ];
    let dry_run = vec![finding(Level::Warning, "always-deny", "Denied", "")];
    Report {
        title: "countersign evaluate",
        summary: "2 admitted, 1 denied".to_owned(),
        items: vec![
            item("Pod a/passed", Level::Passed, "admitted", Vec::new()),
            item("Pod a/dry", Level::Warning, "admitted by dry run", dry_run),
            item("Pod a/denied", Level::Failure, "denied", denied),
        ],
        notes: vec![(Level::Error, "1 problem".to_owned())],
    }
}

fn written(format: Format) -> String {
    let mut out = Vec::new();
    write(format, &mut out, &report()).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn markdown_lists_denied_objects_first() {
    let text = written(Format::Markdown);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "**countersign evaluate**: 2 admitted, 1 denied");
    let first = "| **denied** | <code>Pod a/denied</code><br><code>web.yaml:7</code> \
                 | <code>a.example/b:1</code> | <code>digest-required</code><br><code>No digest</code> |";
    assert_eq!(lines[4], first);
    assert!(lines[6].starts_with("| admitted by dry run | "), "{text}");
    assert!(lines[7].starts_with("| admitted | "), "{text}");
    assert!(text.contains("\n**error**: 1 problem\n"), "{text}");
    assert!(
        text.ends_with("\nTo learn more: `countersign explain always-deny digest-required`\n"),
        "{text}"
    );
}

#[test]
fn nothing_in_a_cell_is_markup() {
    let text = written(Format::Markdown);
    let line = text
        .lines()
        .find(|line| line.contains("a.example)"))
        .unwrap();
    assert_eq!(line.matches('|').count(), 5, "{line}");
    for special in ['`', '\\', '[', ']', '*', '_'] {
        assert!(!line.replace("**denied**", "").contains(special), "{line}");
    }
    assert!(!line.contains("://") && !line.contains("@b"), "{line}");
    let elements = line.replace("<code>", "").replace("</code>", "");
    let elements = elements.replace("<!-- -->", "");
    assert!(!elements.replace("<br>", "").contains(['<', '>']), "{line}");
}

#[test]
fn annotations_are_at_the_image_and_one_line_each() {
    let text = written(Format::Github);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[1],
        "::error file=web.yaml,line=7,col=3,title=digest-required::Pod a/denied, denied: a.example/b:1: No digest"
    );
    assert!(lines[0].starts_with("::warning file=web.yaml,"), "{text}");
    assert!(
        lines[2].contains(",title=denied::Pod a/denied, denied: a"),
        "{text}"
    );
    assert_eq!(lines[3], "::error title=countersign evaluate::1 problem");
    assert_eq!(lines.len(), 4);
}

#[test]
fn only_what_makes_the_run_fail_is_a_failed_test() {
    let text = written(Format::Junit);
    assert_eq!(text.matches("<failure ").count(), 1, "{text}");
    assert_eq!(text.matches("<error ").count(), 1, "{text}");
    assert!(text.contains(r#"tests="4""#), "{text}");
    assert!(
        text.contains("web.yaml:7: digest-required: No digest"),
        "{text}"
    );
}

#[test]
fn sarif_has_a_rule_for_each_code() {
    let sarif: serde_json::Value = serde_json::from_str(&written(Format::Sarif)).unwrap();
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<_> = rules.iter().map(|rule| &rule["id"]).collect();
    assert_eq!(ids, ["always-deny", "denied", "digest-required"]);
    let results = run["results"].as_array().unwrap();
    let levels: Vec<_> = results.iter().map(|one| &one["level"]).collect();
    assert_eq!(levels, ["warning", "error", "error"]);
    let region = &results[1]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["startLine"], 7);
}
