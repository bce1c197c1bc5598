use super::*;

fn all(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Whether the requirements hold if these attestors are satisfied.
fn holds(requirements: &[Requirement], satisfied: &BTreeSet<String>) -> bool {
    requirements.iter().all(|requirement| match requirement {
        Requirement::Attestors { names, .. } => names.iter().any(|name| satisfied.contains(name)),
        Requirement::Check(_) => false,
    })
}

#[test]
fn requirements_hold_if_all_attestors_of_an_alternative_are_satisfied() {
    let names = ["a", "b", "c", "d"];
    for alternatives in [
        vec![all(&["a"])],
        vec![all(&["a", "b"])],
        vec![all(&["a", "b"]), all(&["c"])],
        vec![all(&["a", "b"]), all(&["b", "c"])],
        vec![all(&["a", "b"]), all(&["c", "d"]), all(&["a", "d"])],
        vec![all(&["a"]), all(&["a", "b"])],
    ] {
        let requirements = required(&alternatives).unwrap();
        for bits in 0..16_u8 {
            let chosen = names
                .iter()
                .enumerate()
                .filter(|(index, _)| bits & (1 << index) != 0);
            let satisfied: BTreeSet<_> = chosen.map(|(_, name)| (*name).to_owned()).collect();
            let expected = alternatives.iter().any(|one| one.is_subset(&satisfied));
            assert_eq!(
                holds(&requirements, &satisfied),
                expected,
                "{alternatives:?} {satisfied:?}"
            );
        }
    }
}

#[test]
fn too_many_alternatives_are_told() {
    let many: Vec<_> = (0..7)
        .map(|n| all(&[&format!("a{n}"), &format!("b{n}")]))
        .collect();
    assert!(required(&many).is_none());
    assert_eq!(required(&[]).unwrap().len(), 0);
}
