use super::*;

#[test]
fn every_pod_has_its_images_and_every_image_one_result_for_each_document() {
    let result = |document: &str, verdict: &str| {
        json!({"document": document, "verdict": verdict,
            "reasons": [{"code": "x", "message": document}]})
    };
    let (first, second) = ("policy", "platformPolicies[0]");
    let decision = json!({"verdict": "NON_CONFORMANT",
        "pods": [{"field": "spec.a", "serviceAccount": "one"}, {"field": "spec.b"}, {"field": "spec.c"}],
        "images": [
            {"image": "b", "pod": 1, "verdict": "ERROR",
                "results": [result(first, "CONFORMANT"), result(second, "ERROR")]},
            {"image": "a", "pod": 0, "verdict": "NON_CONFORMANT",
                "results": [result(first, "ERROR"), result(second, "NON_CONFORMANT")]},
            {"image": "c", "pod": 1, "verdict": "CONFORMANT",
                "results": [result(first, "CONFORMANT"), result(second, "CONFORMANT")]}]});
    let answer = answered(decision);
    let pods = answer["results"].as_array().unwrap();
    let shown: Vec<_> = pods
        .iter()
        .map(|pod| {
            let images = pod.get("imageResults").and_then(Value::as_array);
            let images = images.into_iter().flatten().map(|image| {
                let part = |key: &str| image[key].as_str().unwrap().to_owned();
                [part("imageUri"), part("explanation"), part("verdict")].join(" ")
            });
            assert_eq!(pod["podName"], "web");
            (pod["verdict"].as_str().unwrap(), images.collect::<Vec<_>>())
        })
        .collect();
    let expected = [
        (
            "NON_CONFORMANT",
            vec!["a policy ERROR", "a platformPolicies[0] NON_CONFORMANT"],
        ),
        (
            "ERROR",
            vec![
                "b policy CONFORMANT",
                "b platformPolicies[0] ERROR",
                "c policy CONFORMANT",
                "c platformPolicies[0] CONFORMANT",
            ],
        ),
        ("CONFORMANT", vec![]),
    ];
    for (shown, (verdict, images)) in shown.iter().zip(&expected) {
        assert_eq!(shown.0, *verdict);
        assert_eq!(shown.1, *images);
    }
    assert_eq!(shown.len(), expected.len());
    assert_eq!(pods[0]["kubernetesServiceAccount"], "one");
    assert_eq!(pods[1].get("kubernetesServiceAccount"), None);
}

#[test]
fn an_image_of_a_pod_that_is_not_listed_is_not_left_out() {
    let image = json!({"image": "a", "verdict": "CONFORMANT", "results": []});
    let mut other = image.clone();
    other["pod"] = json!(u64::MAX);
    for pods in [
        json!(null),
        json!([]),
        json!([{"serviceAccount": "default"}]),
    ] {
        let decision =
            json!({"verdict": "CONFORMANT", "pods": pods, "images": [image, image, other]});
        let answer = answered(decision);
        assert_eq!(answer["results"].as_array().unwrap().len(), 2);
        let images = |pod: &Value| pod["imageResults"].as_array().unwrap().len();
        assert_eq!(images(&answer["results"][0]), 2);
        assert_eq!(images(&answer["results"][1]), 1);
    }
}

#[test]
fn a_pod_has_the_name_of_its_object_or_what_its_name_will_begin_with() {
    let decision = json!({"verdict": "CONFORMANT", "pods": [{}]});
    for (request, name) in [
        (
            json!({"name": "a", "object": {"metadata": {"name": "b"}}}),
            Some("a"),
        ),
        (
            json!({"name": "", "object": {"metadata": {"name": "b"}}}),
            Some("b"),
        ),
        (
            json!({"object": {"metadata": {"name": "", "generateName": "c-"}}}),
            Some("c-"),
        ),
        (json!({"object": {}}), None),
    ] {
        let answer = asked(request, decision.clone());
        let pod = &answer["results"][0];
        assert_eq!(pod.get("podName").and_then(Value::as_str), name);
        assert_eq!(pod.get("kubernetesNamespace"), None);
    }
}

#[test]
fn a_request_that_was_refused_as_a_whole_has_no_results() {
    let decision = json!({"verdict": "ERROR", "pods": [], "images": [],
        "reasons": [{"code": "limit-exceeded", "message": "more than 256 images"}]});
    assert_eq!(
        answered(decision),
        json!({"verdict": "ERROR", "results": []})
    );
}

#[test]
fn a_verdict_that_nobody_knows_is_no_good_news() {
    for decision in [json!({}), json!({"verdict": "FINE"}), json!({"verdict": 1})] {
        assert_eq!(answered(decision)["verdict"], "NON_CONFORMANT");
    }
}
