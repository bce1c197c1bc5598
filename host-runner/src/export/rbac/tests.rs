use super::*;
use crate::inputs;

fn account(text: &str) -> Subject {
    Subject::parse(text).unwrap()
}

/// Grants with an attestor of one note.
fn grants() -> Grants {
    Grants {
        policy_server: account("kubewarden/policy-server"),
        creators: vec![account("user:ann")],
        attestors: vec![("projects/p/notes/a".to_owned(), account("ci/build"))],
        deployers: vec![("production".to_owned(), account("cd/deployer"))],
        notes: vec![Note {
            name: "projects/p/notes/a".to_owned(),
            namespace: "attest-a".to_owned(),
        }],
        judged: Vec::new(),
    }
}

#[track_caller]
fn is_refused(change: impl FnOnce(&mut Grants), why: &str) {
    let mut grants = grants();
    change(&mut grants);
    let error = grants.check().unwrap_err().to_string();
    assert_eq!(error, why);
}

#[test]
fn nobody_holds_two_roles() {
    grants().check().unwrap();
    let tail = "give each role to another account";
    is_refused(
        |grants| grants.creators.push(account("ci/build")),
        &format!("`ci/build` would be a policy creator and an attestor; {tail}"),
    );
    is_refused(
        |grants| grants.deployers[0].1 = account("user:ann"),
        &format!("`user:ann` would be a policy creator and a deployer; {tail}"),
    );
    is_refused(
        |grants| grants.policy_server = account("ci/build"),
        &format!("`ci/build` would be an attestor and the policy server; {tail}"),
    );
}

#[test]
fn the_same_role_twice_is_one() {
    let mut grants = grants();
    grants
        .deployers
        .push(("qa".to_owned(), account("cd/deployer")));
    grants
        .deployers
        .push(("qa".to_owned(), account("cd/other")));
    grants.check().unwrap();
    let text = grants.text();
    assert_eq!(text.matches("\nkind: RoleBinding\n").count(), 4, "{text}");
    // Deployers read attestations, each once.
    let reader = text.rsplit("---\n").next().unwrap();
    assert_eq!(reader.matches("name: deployer\n").count(), 1, "{reader}");
}

#[test]
fn whoever_deploys_beside_an_account_could_act_as_it() {
    let tail = "use different namespaces";
    let could = |namespace: &str, other: &str| {
        format!(
            "`cd/deployer` would deploy to namespace `{namespace}`, whose Pods can run as any of its service \
             accounts, including {other}; {tail}"
        )
    };
    for (namespace, other) in [
        ("ci", "`ci/build`, an attestor"),
        (
            "kubewarden",
            "`kubewarden/policy-server`, the policy server",
        ),
    ] {
        is_refused(
            |grants| grants.deployers[0].0 = namespace.to_owned(),
            &could(namespace, other),
        );
    }
    is_refused(
        |grants| grants.creators.push(account("production/gitops")),
        &could("production", "`production/gitops`, a policy creator"),
    );
}

#[test]
fn a_note_has_to_be_there() {
    is_refused(
        |grants| grants.attestors[0].0 = "b".to_owned(),
        "there is no note `b` in `evidence.kubernetes.notes`, which has projects/p/notes/a",
    );
    is_refused(
        |grants| grants.notes.clear(),
        "there is no note `projects/p/notes/a`: give --settings, with `evidence.kubernetes.notes`",
    );
}

#[test]
fn a_note_that_nobody_attests_under_has_its_namespace_and_its_reader() {
    let mut grants = grants();
    grants.attestors.clear();
    grants.check().unwrap();
    let text = grants.text();
    assert!(text.contains("# No account attests here yet: --attestor-account projects/p/notes/a="));
    let documents = inputs::parse(&text).unwrap();
    let in_note: Vec<_> = documents
        .iter()
        .filter(|one| one["metadata"]["namespace"] == "attest-a")
        .map(|one| one["roleRef"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(in_note, ["countersign-attestation-reader"]);
}

#[test]
fn accounts_have_three_forms() {
    for (text, kind, name) in [
        ("ci/build", "ServiceAccount", "build"),
        ("user:ann", "User", "ann"),
        ("user:oidc:ann=x/y", "User", "oidc:ann=x/y"),
        ("group:off", "Group", "off"),
    ] {
        let subject = account(text);
        assert_eq!(subject.to_string(), format!("`{text}`"));
        let document = inputs::parse(&format!("subjects:\n{}", subject.item())).unwrap();
        let item = &document[0]["subjects"][0];
        assert_eq!((&item["kind"], &item["name"]), (&kind.into(), &name.into()));
        let is_account = kind == "ServiceAccount";
        assert_eq!(item.get("namespace").is_some(), is_account);
        assert_eq!(item.get("apiGroup").is_none(), is_account);
    }
    for text in [
        "", "build", "ci/", "/build", "user:", "Ci/build", "a/b/c", "robot:x",
    ] {
        assert!(Subject::parse(text).is_err(), "{text}");
    }
    assert!(Subject::parse_service_account("user:ann").is_err());
}

/// Kubernetes knows a service account by a name of users too, and by groups.
#[test]
fn a_service_account_is_one_by_whatever_name() {
    assert_eq!(
        account("user:system:serviceaccount:cd:deployer"),
        account("cd/deployer")
    );
    for text in [
        "user:system:serviceaccount:cd",
        "user:system:admin",
        "group:system:serviceaccounts",
        "group:system:serviceaccounts:cd",
        "group:system:masters",
    ] {
        assert!(Subject::parse(text).is_err(), "{text}");
    }
}

#[test]
fn deployers_get_nothing_that_is_more_than_deploying() {
    for (group, resource) in [
        ("", "secrets"),
        ("rbac.authorization.k8s.io", "clusterrolebindings"),
        ("policies.kubewarden.io", "clusteradmissionpolicies"),
    ] {
        let mut grants = grants();
        grants.judged.push(WebhookRule {
            api_groups: vec![group.to_owned()],
            api_versions: vec!["*".to_owned()],
            resources: vec![resource.to_owned()],
            operations: vec!["CREATE".to_owned()],
        });
        let error = grants.check().unwrap_err().to_string();
        assert!(error.contains("more than deploying"), "{error}");
    }
}
