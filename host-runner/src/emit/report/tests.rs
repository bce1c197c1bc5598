use super::*;
use crate::comparison::{
    Cause, Change, Codes, Comparison, ImageChange, ObjectChange, Outcome, Said,
};
use crate::decision::{Enforcement, Verdict};
use crate::inputs::Place;
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
        noun: "object",
        summary: "2 admitted, 1 denied".to_owned(),
        sums: Vec::new(),
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
    assert_eq!(lines[2], "<details open><summary>1 denied</summary>");
    assert_eq!(lines[6], first);
    let titles = lines.iter().filter(|line| line.starts_with("<details"));
    let expected = [
        "<details open><summary>1 denied</summary>",
        "<details><summary>1 admitted by dry run</summary>",
        "<details><summary>1 admitted</summary>",
    ];
    assert_eq!(titles.collect::<Vec<_>>(), expected.each_ref());
    let rows = lines.iter().filter(|line| line.starts_with("| admitted"));
    assert_eq!(rows.count(), 2, "{text}");
    assert!(text.contains("\n**error**: 1 problem\n"), "{text}");
    assert!(
        text.ends_with("\nTo learn more: `countersign explain always-deny digest-required`\n"),
        "{text}"
    );
}

/// GitHub refuses comments of more than 65,536 characters.
#[test]
fn a_comment_has_a_limit_and_counts_what_is_left_out() {
    let long = "é<|".repeat(500);
    let findings = || {
        let message = format!("{long}\n").repeat(20);
        let one = || finding(Level::Failure, "digest-required", &message, &long);
        vec![one(), one()]
    };
    let levels = [Level::Error, Level::Failure, Level::Warning, Level::Passed];
    let items = (0..400).map(|index| {
        let level = levels[index % levels.len()];
        item(&long, level, &long, findings())
    });
    let row = || vec![long.clone(); 5];
    let report = Report {
        title: "countersign audit",
        noun: "object",
        summary: "2,000 objects".to_owned(),
        sums: vec![Sums {
            head: vec!["namespace"; 5],
            rows: (0..400).map(|_| row()).collect(),
        }],
        items: items.collect(),
        notes: vec![(Level::Error, long.clone()); 400],
    };
    let mut out = Vec::new();
    write(Format::Markdown, &mut out, &report).unwrap();
    assert!(out.len() < 60_000, "{}", out.len());
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.matches("<details").count(), 3);
    assert_eq!(text.matches("</details>").count(), 3);
    let left = text
        .lines()
        .filter_map(|line| line.strip_suffix(" not shown"));
    let left: Vec<_> = left.collect();
    assert_eq!(left.len(), 5, "{left:?}");
    assert!(text.ends_with("`countersign explain digest-required`\n"));
}

#[test]
fn tables_of_sums_stand_before_the_results() {
    let mut out = Vec::new();
    let sums = Sums {
        head: vec!["namespace", "objects"],
        rows: vec![vec!["a|b".to_owned(), "3".to_owned()]],
    };
    let report = Report {
        sums: vec![sums],
        ..report()
    };
    write(Format::Markdown, &mut out, &report).unwrap();
    let text = String::from_utf8(out).unwrap();
    let table = "\n| namespace | objects |\n| --- | --- |\n| a&#124;b | 3 |\n\n<details open>";
    assert!(text.contains(table), "{text}");
}

#[test]
fn a_report_of_suites_has_cases_and_no_images() {
    let failed = vec![finding(Level::Failure, "unexpected-result", "denied", "")];
    let report = Report {
        title: "countersign test",
        noun: "case",
        items: vec![item("signed", Level::Failure, "failed", failed)],
        ..report()
    };
    let mut out = Vec::new();
    write(Format::Markdown, &mut out, &report).unwrap();
    let text = String::from_utf8(out).unwrap();
    let table = "| result | case | reason |\n| --- | --- | --- |\n| **failed** | \
                 <code>signed</code><br><code>web.yaml:7</code> | <code>unexpected-result</code>";
    assert!(text.contains(table), "{text}");
}

/// The rule is the same one, so nothing else may be said than what changes in it.
#[test]
fn a_change_shows_the_rule_before_and_after() {
    let said = |by: &str| {
        let cause = Cause {
            document: "policy".to_owned(),
            by: by.to_owned(),
        };
        Some(Said {
            verdict: Verdict::NonConformant,
            because: vec![cause],
        })
    };
    let outcome = |allowed, enforcement| Outcome {
        allowed,
        verdict: Verdict::NonConformant,
        enforcement,
    };
    let image = ImageChange {
        image: "a.example/b".to_owned(),
        field: "spec.containers[0].image".to_owned(),
        old: said("in dry run, default rule: ALWAYS_DENY"),
        new: said("default rule: ALWAYS_DENY"),
        codes: Codes::default(),
    };
    let change = ObjectChange {
        object: "Pod a/b".to_owned(),
        source: "web.yaml".to_owned(),
        place: Place::default(),
        change: Change::NewlyDenied,
        old: outcome(true, Enforcement::DryRun),
        new: outcome(false, Enforcement::Enforced),
        codes: Codes::default(),
        images: vec![image],
    };
    let comparison = Comparison {
        changes: vec![change],
        ..Comparison::default()
    };
    let report = changes(&comparison, &Problems::default());
    assert_eq!(
        report.items[0].findings[0].message,
        "- policy: in dry run, default rule: ALWAYS_DENY\n+ policy: default rule: ALWAYS_DENY"
    );
    for format in [Format::Markdown, Format::Html] {
        let mut out = Vec::new();
        write(format, &mut out, &report).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("in dry run"), "{text}");
    }
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
