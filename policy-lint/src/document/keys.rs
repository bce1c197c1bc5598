//! Every public key of the settings, undecoded: whose it is, and what is said about it.

use policy_wasm::key::{Algorithm, PublicKey};

use super::{Attestor, Settings};
use crate::source::{Entry, Node, Span};

/// A public key
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'n> {
    /// Whose it is
    pub(crate) owner: Owner<'n>,
    /// The id that somebody gave it; never blank
    pub(crate) id: Option<&'n Node>,
    /// The field with PEM or armour
    text: &'n Entry,
    form: Form<'n>,
}

/// Whose key it is
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner<'n> {
    /// The attestor at this place in the list
    Attestor(usize, Attestor<'n>),
    /// An authenticator for this purpose
    Authenticator(&'static str),
    /// A check
    Check,
}

#[derive(Debug, Clone, Copy)]
enum Form<'n> {
    OpenPgp,
    Pkix {
        algorithm: Option<&'n Node>,
    },
    /// Without a word about its algorithm
    Sigstore,
}

/// Purposes of authenticators
const PURPOSES: [&str; 3] = ["vulnerability", "provenance", "freshness"];

impl<'n> Settings<'n> {
    /// Every key, in the order of the settings' documentation.
    #[must_use]
    pub(crate) fn keys(&self) -> Vec<Key<'n>> {
        let mut keys = Vec::new();
        for (index, attestor) in self.attestors().into_iter().enumerate() {
            let owner = Owner::Attestor(index, attestor);
            keys.extend(attestor.keys().iter().filter_map(|n| Key::read(owner, n)));
        }
        for purpose in PURPOSES {
            let owner = Owner::Authenticator(purpose);
            let list = self.setting(&["evidence", "authenticators", purpose]);
            for authenticator in list.map(Node::items).unwrap_or_default() {
                let entries = authenticator.items_of("publicKeys").iter();
                keys.extend(entries.filter_map(|node| Key::read(owner, node)));
            }
        }
        for check in self.all_checks() {
            check_keys(&check.kind.value, &mut keys);
        }
        keys
    }
}

fn check_keys<'n>(check: &'n Node, keys: &mut Vec<Key<'n>>) {
    let list = |holder: &'n Node, path: &[&str]| {
        let list = holder.at(path).map(Node::items);
        list.unwrap_or_default().iter()
    };
    for holder in check.items_of("attestationAuthenticators") {
        let nodes = list(holder, &["pkixPublicKeySet", "pkixPublicKeys"]);
        keys.extend(nodes.filter_map(|node| Key::pkix(Owner::Check, node)));
    }
    for holder in check.items_of("sigstoreAuthorities") {
        let nodes = list(holder, &["publicKeySet", "publicKeys"]);
        keys.extend(nodes.filter_map(|node| {
            Some(Key {
                owner: Owner::Check,
                id: None,
                text: node.entry("publicKeyPem")?,
                form: Form::Sigstore,
            })
        }));
    }
}

impl<'n> Key<'n> {
    /// Reads an entry of `publicKeys[]` of an attestor or an authenticator.
    fn read(owner: Owner<'n>, node: &'n Node) -> Option<Self> {
        let id = filled(node.get("id"));
        if let Some(text) = node.entry("asciiArmoredPgpPublicKey") {
            return Some(Self {
                owner,
                id,
                text,
                form: Form::OpenPgp,
            });
        }
        let key = Self::pkix(owner, node.get("pkixPublicKey")?)?;
        Some(Self {
            id: id.or(key.id),
            ..key
        })
    }

    /// Reads a PKIX key.
    fn pkix(owner: Owner<'n>, node: &'n Node) -> Option<Self> {
        Some(Self {
            owner,
            id: filled(node.get("keyId")),
            text: node.entry("publicKeyPem")?,
            form: Form::Pkix {
                algorithm: node.get("signatureAlgorithm"),
            },
        })
    }

    /// Where to point when the key is meant: at its field, since its text is a block.
    #[must_use]
    pub(crate) const fn span(&self) -> Span {
        self.text.key_span
    }

    /// Whether it is an OpenPGP key.
    #[must_use]
    pub(crate) const fn is_openpgp(&self) -> bool {
        matches!(self.form, Form::OpenPgp)
    }

    /// The algorithm that is declared, with its place.
    #[must_use]
    pub(crate) fn algorithm(&self) -> Option<(&'n str, Span)> {
        match self.form {
            Form::Pkix { algorithm } => Some((algorithm?.text()?, algorithm?.span)),
            Form::OpenPgp | Form::Sigstore => None,
        }
    }

    /// The key, unless it is unusable.
    #[must_use]
    pub(crate) fn decode(&self) -> Option<PublicKey> {
        self.decode_as(self.id.and_then(Node::text).unwrap_or_default())
    }

    /// The id that is computed from the key, whatever id it has been given.
    #[must_use]
    pub(crate) fn computed_id(&self) -> Option<String> {
        Some(self.decode_as("")?.id().to_owned())
    }

    /// The key under an id; a blank one is computed.
    fn decode_as(&self, id: &str) -> Option<PublicKey> {
        let text = self.text.value.text()?;
        let algorithm = match self.form {
            Form::OpenPgp => return PublicKey::from_openpgp(text).ok(),
            Form::Sigstore => Algorithm::EcdsaP256Sha256,
            Form::Pkix { .. } => {
                let (name, _) = self.algorithm()?;
                let mut known = Algorithm::NAMES.iter();
                known.find_map(|(known, one)| (*known == name).then_some(*one))?
            }
        };
        PublicKey::from_pem(text, algorithm, id).ok()
    }
}

fn filled(id: Option<&Node>) -> Option<&Node> {
    id.filter(|node| node.text().is_some_and(|text| !text.is_empty()))
}
