use alloc::format;
use alloc::vec::Vec;

use super::*;

/// The root hash of a tree (RFC 9162, section 2.1.1).
fn root(leaves: &[Vec<u8>]) -> [u8; 32] {
    match leaves {
        [] => hash(&[]),
        [leaf] => hash(&[&[LEAF], leaf]),
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            hash(&[&[NODE], &root(left), &root(right)])
        }
    }
}

/// The proof of a leaf (section 2.1.3.1).
fn proof(index: usize, leaves: &[Vec<u8>]) -> Vec<[u8; 32]> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let at = split(leaves.len());
    let (left, right) = leaves.split_at(at);
    let (mut path, sibling) = if index < at {
        (proof(index, left), root(right))
    } else {
        (proof(index.strict_sub(at), right), root(left))
    };
    path.push(sibling);
    path
}

/// The largest power of two below the size.
const fn split(size: usize) -> usize {
    size.next_power_of_two() / 2
}

fn leaves(size: usize) -> Vec<Vec<u8>> {
    (0..size)
        .map(|leaf| format!("leaf {leaf}").into_bytes())
        .collect()
}

fn check(
    index: usize,
    size: usize,
    leaf: &[u8],
    hashes: &[[u8; 32]],
    root: &[u8],
) -> Result<(), &'static str> {
    verify(
        leaf,
        index.try_into().unwrap(),
        size.try_into().unwrap(),
        hashes,
        root,
    )
}

#[test]
fn every_leaf_of_small_trees_has_one_proof() {
    for size in 1..=33 {
        let leaves = leaves(size);
        let root = root(&leaves);
        for (index, leaf) in leaves.iter().enumerate() {
            let hashes = proof(index, &leaves);
            assert_eq!(
                check(index, size, leaf, &hashes, &root),
                Ok(()),
                "{index} of {size}"
            );
            // Of another leaf, or at another place.
            assert!(check(index, size, b"other", &hashes, &root).is_err());
            for other in (0..=size).filter(|other| *other != index) {
                assert!(
                    check(other, size, leaf, &hashes, &root).is_err(),
                    "{other} of {size}"
                );
            }
            let longer = [&hashes[..], &[root]].concat();
            assert_eq!(
                check(index, size, leaf, &longer, &root),
                Err("it has too many hashes")
            );
            for (place, _) in hashes.iter().enumerate() {
                let mut damaged = hashes.clone();
                damaged[place][0] ^= 1;
                let expected = Err("it leads to another root hash");
                assert_eq!(check(index, size, leaf, &damaged, &root), expected);
                let shorter = &hashes[..place];
                assert_eq!(
                    check(index, size, leaf, shorter, &root),
                    Err("it has too few hashes")
                );
            }
        }
    }
}

#[test]
fn trees_without_the_leaf() {
    assert_eq!(verify(b"", 0, 0, &[], &root(&[])), Err("the tree is empty"));
    assert_eq!(
        verify(b"", 1, 1, &[], &root(&leaves(1))),
        Err("the index is not in the tree")
    );
    let last = u64::MAX;
    assert_eq!(
        verify(b"", last, last, &[], &[]),
        Err("the index is not in the tree")
    );
    assert_eq!(
        verify(b"", 0, last, &[[0; 32]; 64], &[]),
        Err("it leads to another root hash")
    );
}
