//! HTML reports as a user makes them. `web/tests/reports.mjs` opens them in a browser.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::program::run;

const PIPELINE: &str = "--settings policies/pipeline/policy.yaml policies/pipeline/fixtures";

/// The elements of a page with this name, each with its attributes.
fn elements<'p>(page: &'p str, name: &str) -> Vec<(&'p str, &'p str)> {
    let (start, end) = (format!("<{name}"), format!("</{name}>"));
    let parts = page.split(&start).skip(1);
    parts
        .map(|part| part.split_once(&end).unwrap().0.split_once('>').unwrap())
        .collect()
}

fn tables(page: &str) -> Value {
    let scripts = elements(page, "script");
    let (attributes, data) = scripts.first().unwrap();
    assert_eq!(*attributes, " id=\"data\" type=\"application/json\"");
    serde_json::from_str(data).unwrap()
}

/// The values of a column of a table, one for each row.
fn column(page: &str, table: &str, title: &str) -> Vec<String> {
    let tables = tables(page);
    let table = named(tables.get("tables"), "name", table);
    let column = named(table.get("columns"), "title", title);
    let rows = column.get("rows").and_then(Value::as_array).unwrap();
    let values = rows.iter().map(|row| {
        let text = column.get("values").map(|values| {
            let index = usize::try_from(row.as_u64().unwrap()).unwrap();
            values
                .get(index)
                .and_then(Value::as_str)
                .unwrap()
                .to_owned()
        });
        text.unwrap_or_else(|| row.to_string())
    });
    values.collect()
}

/// The item of a list that has a name.
fn named<'v>(list: Option<&'v Value>, key: &str, name: &str) -> &'v Value {
    let mut items = list.and_then(Value::as_array).unwrap().iter();
    items
        .find(|item| item.get(key).is_some_and(|own| own == name))
        .unwrap()
}

#[test]
fn a_page_allows_its_own_script_and_style_and_nothing_else() {
    let pages = [
        run(&format!("audit --format html {PIPELINE}"), "", 1).0,
        run(&format!("evaluate --format html {PIPELINE}"), "", 1).0,
        run(&format!("explain --format html {PIPELINE}"), "", 1).0,
        run("explain --list --format html", "", 0).0,
        run(
            "describe --format html policies/pipeline/policy.yaml",
            "",
            0,
        )
        .0,
        run("test --coverage --format html policies/pipeline", "", 0).0,
    ];
    for page in pages {
        let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()));
        let [_, script] = elements(&page, "script")[..] else {
            panic!("two scripts: {page}");
        };
        let [style] = elements(&page, "style")[..] else {
            panic!("one style sheet: {page}");
        };
        let policy = format!(
            "content=\"default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; \
             form-action 'none'\"",
            hash(script.1),
            hash(style.1)
        );
        assert!(page.contains(&policy), "{policy}");
        assert!(!page.contains("http://") && !page.contains(" src=") && !page.contains(" href="));
        assert!(!page.contains('\x1b'));
    }
}

#[test]
fn the_page_of_an_audit_has_reasons_objects_images_and_attestations() {
    let (page, _) = run(&format!("audit --format html {PIPELINE}"), "", 1);
    assert_eq!(
        column(&page, "Namespaces", "Namespace"),
        ["preview", "production"]
    );
    assert_eq!(
        column(&page, "Namespaces", "no-valid-attestation"),
        ["1", "2"]
    );
    assert_eq!(
        column(&page, "Objects", "Outcome"),
        ["denied", "denied", "admitted by dry run"]
    );
    let outcomes = column(&page, "Namespaces", "Outcome");
    assert_eq!(outcomes, ["admitted by dry run", "denied"]);
    assert!(
        page.contains("<li>settings: policies/pipeline/policy.yaml</li>"),
        "{page}"
    );
    assert!(page.contains("<li>evaluated at "), "{page}");
    let tables_shown = tables(&page);
    let note = &named(tables_shown.get("tables"), "name", "Objects")["note"];
    assert!(
        note.as_str()
            .unwrap()
            .ends_with(" objects: those with a reason against them"),
        "{note}"
    );
    let images = column(&page, "Images", "Image");
    assert_eq!(images.len(), 3, "{images:?}");
    let attestors = column(&page, "Images", "Attested by");
    assert!(
        attestors.iter().any(|all| all == "build\ncanary\nqa"),
        "{attestors:?}"
    );
    assert!(
        column(&page, "Attestations", "From")
            .iter()
            .all(|from| from == "settings")
    );
    let details = column(&page, "Objects", "Details");
    assert!(
        details[0].contains("no-valid-attestation: not attested by "),
        "{details:?}"
    );
    let data = tables(&page);
    let stats = data["stats"].as_array().unwrap();
    assert_eq!(stats[1]["text"], "1 admitted by dry run");
    assert_eq!(stats[1]["jump"]["set"]["Outcome"], "admitted by dry run");
    assert!(data["pages"]["no-valid-attestation"]["help"].is_string());
}

#[test]
fn nothing_that_an_object_says_ends_the_data() {
    let name = r"</script><script>alert(1)</script><!--&amp;\u001b[31m\u202e";
    let pod = format!(
        r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "{name}", "namespace": "{name}"}},
            "spec": {{"containers": [{{"name": "a", "image": "{name}"}}]}}}}"#
    );
    for command in ["audit", "evaluate", "explain"] {
        let arguments =
            format!("{command} --settings policies/pipeline/policy.yaml --format html -");
        let (page, _) = run(&arguments, &pod, 1);
        assert_eq!(page.matches("<script").count(), 2, "{page}");
        assert_eq!(page.matches("</script").count(), 2, "{page}");
        assert!(!page.contains("<!--") && !page.contains(['\x1b', '\u{202e}']));
        let text = tables(&page).to_string();
        assert!(text.contains("</script><script>alert(1)"), "{text}");
    }
}

#[test]
fn the_page_of_suites_has_coverage_and_survivors() {
    let (page, _) = run(
        "test --coverage --mutate --format html policies/registry-allowlist",
        "",
        0,
    );
    assert!(
        column(&page, "Coverage", "Result")
            .iter()
            .all(|one| one == "exercised")
    );
    assert!(column(&page, "Changes that no case detects", "Change").is_empty());
    let names = column(&page, "Results", "Result");
    assert!(!names.is_empty() && names.iter().all(|one| one == "passed"));
}

/// Mail programs and previews run no scripts.
#[test]
fn a_page_without_scripts_has_the_first_rows_and_their_details() {
    let (page, _) = run(&format!("explain --format html {PIPELINE}"), "", 1);
    let [(_, plain)] = elements(&page, "noscript")[..] else {
        panic!("one part without scripts: {page}");
    };
    for part in [
        "<h2>Objects</h2>",
        "<th>Outcome</th>",
        "<td>denied</td>",
        "<td>no-valid-attestation</td>",
        "<pre>Deployment production/web",
    ] {
        assert!(plain.contains(part), "no {part} in {plain}");
    }
    let pods: Vec<_> = (0..202)
        .map(|number| format!("{{apiVersion: v1, kind: Pod, metadata: {{name: a{number}}}, spec: {{containers: [{{name: '<b>', image: a}}]}}}}"))
        .collect();
    let arguments = "evaluate --format html --settings policies/pipeline/policy.yaml -";
    let (page, _) = run(arguments, &pods.join("\n---\n"), 1);
    let [(_, plain)] = elements(&page, "noscript")[..] else {
        panic!("one part without scripts: {page}");
    };
    assert_eq!(plain.matches("<td>Pod default/a").count(), 200, "{plain}");
    assert!(
        plain.contains("<p>2 more rows need JavaScript.</p>"),
        "{plain}"
    );
    assert!(!plain.contains("<b>"), "{plain}");
}
