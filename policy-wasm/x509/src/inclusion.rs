//! Merkle inclusion proofs (RFC 9162, section 2.1.3).

use sha2::{Digest as _, Sha256};

/// Verifies that a tree of `size` leaves with this root hash has `leaf` at `index`.
///
/// # Errors
///
/// In words.
#[inline(never)]
pub fn verify(
    leaf: &[u8],
    index: u64,
    size: u64,
    hashes: &[[u8; 32]],
    root_hash: &[u8],
) -> Result<(), &'static str> {
    // Section 2.1.3.2, with the names of its variables.
    let (mut fn_, Some(mut sn)) = (index, size.checked_sub(1)) else {
        return Err("the tree is empty");
    };
    if fn_ > sn {
        return Err("the index is not in the tree");
    }
    let mut r = hash(&[&[LEAF], leaf]);
    for p in hashes {
        if sn == 0 {
            return Err("it has too many hashes");
        }
        if fn_ & 1 == 1 || fn_ == sn {
            r = hash(&[&[NODE], p, &r]);
            // Levels at which the node has no sibling.
            while fn_ & 1 == 0 && fn_ != 0 {
                fn_ >>= 1;
                sn >>= 1;
            }
        } else {
            r = hash(&[&[NODE], &r, p]);
        }
        fn_ >>= 1;
        sn >>= 1;
    }
    if sn != 0 {
        return Err("it has too few hashes");
    }
    if r == root_hash {
        Ok(())
    } else {
        Err("it leads to another root hash")
    }
}

/// Prefixes that keep leaves and nodes apart (RFC 9162, section 2.1.1)
const LEAF: u8 = 0;
const NODE: u8 = 1;

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests;
