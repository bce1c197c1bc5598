use super::*;

fn sliced<'t>(text: &'t str, node: &Node) -> &'t str {
    text.get(node.span.range()).unwrap()
}

#[test]
fn every_value_knows_its_place() {
    let text = "# c\na: [1, 'two', é]\nb:\n  - c: |\n      line\n    d: x\n";
    let documents = read(text, 0).unwrap().documents;
    let [document] = documents.as_slice() else {
        panic!("one document")
    };
    let list = document.get("a").unwrap();
    assert_eq!(sliced(text, &list.items()[1]), "'two'");
    assert_eq!(sliced(text, &list.items()[2]), "é");
    let item = &document.items_of("b")[0];
    assert_eq!(sliced(text, item.get("d").unwrap()), "x");
    assert!(sliced(text, item).starts_with("c: |") && sliced(text, item).ends_with("d: x"));
    let key = document.entry("b").unwrap().key_span;
    assert_eq!(text.get(key.range()), Some("b"));
}

#[test]
fn json_is_read_as_well() {
    let text = r#"{"a": [1, {"b": null}], "c": 1.5}"#;
    let documents = read(text, 0).unwrap().documents;
    assert_eq!(
        documents[0].to_json().to_string(),
        r#"{"a":[1,{"b":null}],"c":1.5}"#
    );
}

#[test]
fn what_is_malformed_says_where() {
    let error = read("a: 1\na: 2\n", 3).unwrap_err();
    assert_eq!(
        error.span,
        Span {
            file: 3,
            start: 5,
            end: 6
        }
    );
    assert_eq!(error.message, "duplicate key `a`");
    let error = read("a: 1\nb: [\n", 0).unwrap_err();
    assert_eq!(error.message, "unclosed bracket '['");
    assert_eq!(error.span.start, 8);
}

#[track_caller]
fn refused(text: &str, limits: Limits) -> String {
    read_within(text, 0, limits).unwrap_err().message
}

#[test]
fn what_aliases_repeat_is_bounded() {
    let limits = Limits {
        values: 12,
        bytes: 40,
    };
    let repeated = "anchors and aliases repeat more than is read; write it out";
    for (text, is_read) in [
        // Four values by the anchor, and as many by each alias.
        ("a: &x [1, 2, 3]\nb: [*x, *x]\n", true),
        ("a: &x [1, 2, 3]\nb: [*x, *x, *x]\n", false),
        ("a: &x {k: 1}\nb: {<<: *x}\nc: {<<: *x}\n", true),
        (
            "a: &x {k: 1, l: 2, m: 3}\nb: {<<: *x}\nc: {<<: *x}\nd: {<<: *x}\n",
            false,
        ),
        ("a: &x ten bytes \nb: [*x, *x, *x]\n", true),
        ("a: &x ten bytes \nb: [*x, *x, *x, *x]\n", false),
        ("a: &x {ten bytes : 1}\nb: [*x, *x, *x, *x]\n", false),
        // Each level would double what is below it.
        ("a: &x [1]\nb: &y [*x, *x]\nc: &z [*y, *y]\n", false),
        // All documents together.
        (
            "a: &x [1, 2, 3]\nb: *x\n---\na: &x [1, 2, 3]\nb: *x\n",
            false,
        ),
    ] {
        let reading = read_within(text, 0, limits);
        assert_eq!(reading.is_ok(), is_read, "{text}");
        if let Err(error) = reading {
            assert_eq!(error.message, repeated, "{text}");
            let at = text.get(error.span.range()).unwrap();
            assert!(at.starts_with(['*', '[', '{']), "{text}: {at}");
        }
        assert!(read(text, 0).is_ok(), "{text}");
    }
    // A harmless text whose aliases stand for 20 MB.
    let text = format!(
        "a: &x {}\nb: [{}]\n",
        "x".repeat(20_000),
        "*x, ".repeat(1_000)
    );
    assert_eq!(refused(&text, LIMITS), repeated);
    let text = format!("a: &x {}\nb: [{}]\n", "x".repeat(200), "*x, ".repeat(1_000));
    assert!(read(&text, 0).is_ok());
}

#[test]
fn both_notations_nest_equally_deep() {
    for (depth, is_read) in [(MAX_DEPTH, true), (MAX_DEPTH + 1, false)] {
        let lists = ["[".repeat(depth), "]".repeat(depth)].concat();
        // With a comment it is no JSON.
        for text in [lists.clone(), format!("{lists} # c")] {
            assert_eq!(read(&text, 0).is_ok(), is_read, "{depth} {text}");
        }
    }
    let half = "[".repeat(MAX_DEPTH / 2) + &"]".repeat(MAX_DEPTH / 2);
    let text = format!("a: &x {half}\nb: {}*x{}\n", "[".repeat(80), "]".repeat(80));
    assert_eq!(refused(&text, LIMITS), "nested too deeply");
}

#[test]
fn what_an_alias_stands_for_is_where_the_alias_is() {
    let text = "a: &x {k: [1]}\nb: *x\nc: {<<: *x, d: 1}\n";
    let documents = read(text, 0).unwrap().documents;
    let at = |keys: &[&str]| sliced(text, documents[0].at(keys).unwrap());
    assert_eq!(
        (at(&["b"]), at(&["b", "k"]), at(&["c", "k"])),
        ("*x", "*x", "*x")
    );
    let merged = documents[0].get("c").unwrap().entry("k").unwrap();
    assert_eq!(text.get(merged.key_span.range()), Some("*x"));
}

#[test]
fn json_says_where_it_is_malformed() {
    for (text, message, at) in [
        (r#"{"a": 1} {"a": x}"#, "expected value", "x"),
        (r#"{"a": 1, "a": 2}"#, "duplicate key `a`", "\"a\""),
        ("{\"é\": 1,\n \"b\" 1}", "expected `:`", "1"),
        (r#"{"a": 1e400}"#, "number out of range", "1e400"),
        (
            r#"{"a": "\ud800"}"#,
            "an escape that is no character",
            r#""\ud800""#,
        ),
    ] {
        let error = read(text, 0).unwrap_err();
        assert_eq!(error.notation, Notation::Json);
        assert_eq!(error.message, message, "{text}");
        let found = text.get(error.span.range()).unwrap();
        assert_eq!(found, at, "{text}");
    }
}

#[test]
fn floats_are_the_same_in_both_notations() {
    for number in [
        "222222222222222222222222",
        "2.2222222222222222e23",
        "0.1",
        "-1.5e-9",
    ] {
        let value = |text: &str| read(text, 0).unwrap().documents[0].to_json();
        let (yaml, json) = (
            value(&format!("a: {number}\n")),
            value(&format!("{{\"a\": {number}}}")),
        );
        assert_eq!(yaml, json, "{number}");
        assert_eq!(json["a"].as_f64(), number.parse().ok());
    }
}

#[test]
fn plain_texts_are_texts_to_every_reader() {
    for text in [
        "a",
        "a b",
        "registry.example/shop/**",
        "ni:///sha-256;a_b-c",
        "a:b",
        "/x",
    ] {
        assert!(is_plain_text(text), "{text}");
        assert_eq!(scalar::plain(text), scalar::Scalar::Text);
    }
    for text in [
        "", " a", "a ", "a:", "a: b", "a #b", "no", "Y", "NULL", "1", "-a", "*a", "&a", "!a",
        "12:30", "é", "<<", "=", "~", ".inf", "a\nb", "a,b", "[a", "a\u{85}b", "@a",
    ] {
        assert!(!is_plain_text(text), "{text}");
    }
}
