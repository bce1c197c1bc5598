//! A pod spec, and the one enumeration of every place in it that names an image.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell};

use super::Origin;
use crate::decision::Code;
use crate::json::{Raw, Value};

/// A Pod, or the template of one
#[derive(Debug)]
pub(crate) struct Pod<'a> {
    /// Where its spec stands in the object
    pub(crate) path: String,
    pub(crate) service_account: Cow<'a, str>,
    /// Every image of the Pod, in the order of its fields
    pub(crate) images: Vec<ImageField<'a>>,
    pub(crate) metadata: Metadata<'a>,
}

/// One place that names an image
#[derive(Debug)]
pub(crate) struct ImageField<'a> {
    /// For example `spec.containers[0].image`
    pub(crate) path: String,
    pub(crate) kind: FieldKind,
    /// Name of the container or volume
    pub(crate) name: Option<Cow<'a, str>>,
    /// As written; `None` when there is none or it is empty
    pub(crate) image: Option<Cow<'a, str>>,
    /// The same as it stands in the text of the object, for writing another in its place
    pub(crate) token: Option<Raw<'a>>,
}

/// The lists of a pod spec whose items name images
///
/// A field of a newer Kubernetes that names an image belongs here and nowhere else; a test walks
/// the published schema for such fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum FieldKind {
    Container,
    InitContainer,
    EphemeralContainer,
    ImageVolume,
    /// A field that is in no pod spec, of a kind from the settings
    Field,
}

impl FieldKind {
    /// The lists of a pod spec, and the field within an item.
    pub const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Container, "containers", "image"),
        (Self::InitContainer, "initContainers", "image"),
        (Self::EphemeralContainer, "ephemeralContainers", "image"),
        (Self::ImageVolume, "volumes", "image.reference"),
    ];

    /// How a message calls an item of the list.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Container => "Container",
            Self::InitContainer => "Init container",
            Self::EphemeralContainer => "Ephemeral container",
            Self::ImageVolume => "Image volume",
            Self::Field => "Field",
        }
    }
}

impl<'a> Pod<'a> {
    /// Reads a pod spec, and adds it to `pods`, unless there is a problem to report.
    ///
    /// `room` is how many more images the request may have; what goes beyond is not kept, and shows
    /// in [`Room::is_exceeded`].
    #[inline(never)] // a stack frame of its own, for as long as it is needed
    pub(super) fn read(value: Value<'_, 'a>, room: &Room, pods: &mut Vec<Self>) {
        let (path, report) = (value.path(), value.report());
        let (mut service_account_name, mut service_account) = (None, None);
        let mut images: Vec<ImageField<'a>> = Vec::new();
        let was_object = value.object_inline(|key, value| match key {
            "serviceAccountName" => service_account_name = value.text(),
            "serviceAccount" => service_account = value.text(),
            _ => {
                let Some((kind, _, field)) =
                    FieldKind::ALL.iter().find(|(_, list, _)| *list == key)
                else {
                    return;
                };
                value.list(|_, item| {
                    if !room.is_exceeded() {
                        let image = ImageField::read(*kind, field, item);
                        if let Some(image) = image.filter(|image| room.take(image)) {
                            crate::push_sole(&mut images, image);
                        }
                    }
                });
            }
        });
        if was_object
            && !images
                .iter()
                .any(|image| image.kind == FieldKind::Container)
        {
            report.push(
                Code::UndecodableObject,
                path,
                "a pod spec has at least one container",
            );
            return;
        }
        let filled = |name: &Cow<'_, str>| !name.is_empty();
        let pod = Self {
            path: path.text(),
            service_account: service_account_name
                .filter(filled)
                .or_else(|| service_account.filter(filled))
                .unwrap_or(Cow::Borrowed("default")),
            images,
            metadata: Metadata::default(),
        };
        crate::push_sole(pods, pod);
    }
}

impl<'a> Pod<'a> {
    /// A Pod that stands for image fields outside of pod specs under one service account, with its first
    /// image.
    pub(super) fn sole(path: &str, service_account: Cow<'a, str>, image: ImageField<'a>) -> Self {
        Self {
            path: path.into(),
            service_account,
            images: alloc::vec![image],
            metadata: Metadata::default(),
        }
    }
}

/// How many images a request may still have
#[derive(Debug)]
pub(super) struct Room {
    left: Cell<usize>,
    /// The first place beyond them
    exceeded_at: OnceCell<String>,
}

impl Room {
    pub(super) const fn new(images: usize) -> Self {
        Self {
            left: Cell::new(images),
            exceeded_at: OnceCell::new(),
        }
    }

    pub(super) fn is_exceeded(&self) -> bool {
        self.exceeded_at().is_some()
    }

    /// The first place that there was no room for.
    pub(super) fn exceeded_at(&self) -> Option<&str> {
        self.exceeded_at.get().map(String::as_str)
    }

    /// Takes the place of one image, if there is one left.
    pub(super) fn take(&self, image: &ImageField<'_>) -> bool {
        match self.left.get().checked_sub(1) {
            Some(left) => self.left.set(left),
            None => {
                self.exceeded_at.get_or_init(|| image.path.clone());
            }
        }
        !self.is_exceeded()
    }
}

impl<'a> ImageField<'a> {
    /// Reads a container, or a volume if it is one with an image.
    fn read(kind: FieldKind, field: &str, value: Value<'_, 'a>) -> Option<Self> {
        let item = value.path();
        let (mut name, mut image, mut token) = (None, None, None);
        let mut is_image_volume = false;
        let was_object = value.object_inline(|key, value| match key {
            "name" => name = value.text(),
            "image" if kind == FieldKind::ImageVolume => {
                // `image: null` is a volume of another type.
                is_image_volume = value.object_unless_null(|key, value| {
                    if key == "reference" {
                        (image, token) = read_image(value);
                    }
                });
            }
            "image" => (image, token) = read_image(value),
            _ => {}
        });
        if !was_object || (kind == FieldKind::ImageVolume && !is_image_volume) {
            return None;
        }
        let mut path = item.text();
        path.push('.');
        path.push_str(field);
        Some(Self {
            path,
            kind,
            name,
            image: image.filter(|image| !image.is_empty()),
            token,
        })
    }

    /// Reads a field that is the image itself.
    pub(super) fn read_sole(value: Value<'_, 'a>) -> Self {
        let path = value.path().text();
        let (image, token) = read_image(value);
        Self {
            path,
            kind: FieldKind::Field,
            name: None,
            image: image.filter(|image| !image.is_empty()),
            token,
        }
    }

    /// Whether it is about the same container, volume or field as one of another object: by its name,
    /// and where only its path says which it is, by that. Containers of Kubernetes' own kinds have names;
    /// those of Knative may be left without.
    fn is_same_place(&self, other: &ImageField<'_>, origin: Origin) -> bool {
        let may_be_unnamed = self.kind == FieldKind::Field || origin == Origin::Other;
        self.kind == other.kind
            && match (&self.name, &other.name) {
                (None, None) => may_be_unnamed && self.path == other.path,
                // Kubernetes' own names have at most 63 bytes. Each image is compared with each.
                (Some(name), Some(other)) => name.len() <= 253 && name == other,
                _ => false,
            }
    }

    /// What stood in the same place before an update of an object of such an origin.
    pub(crate) fn before<'o>(
        &self,
        old: &'o Pod<'_>,
        origin: Origin,
    ) -> impl Iterator<Item = &'o ImageField<'o>> {
        let is_same_place = move |image: &&ImageField<'_>| self.is_same_place(image, origin);
        old.images.iter().filter(is_same_place)
    }

    /// How a message calls it: by its name, or by its path where it has none.
    pub(crate) fn described(&self) -> String {
        let name = self
            .name
            .as_deref()
            .map_or_else(|| self.path.clone(), crate::quote);
        alloc::format!("{} {name}", self.kind.noun())
    }
}

/// The string, and where it stands.
fn read_image<'a>(value: Value<'_, 'a>) -> (Option<Cow<'a, str>>, Option<Raw<'a>>) {
    let mut image = None;
    let token = value.hand_to(|value| image = value.text());
    (image, Some(token))
}

/// What a Pod's metadata may say to a policy
#[derive(Debug, Default)]
pub(crate) struct Metadata<'a> {
    pub(crate) namespace: Option<Cow<'a, str>>,
    pub(crate) break_glass_label: Option<Cow<'a, str>>,
    pub(crate) break_glass_annotation: Option<Cow<'a, str>>,
    /// Signed envelopes; nothing else in an annotation is ever evidence
    pub(crate) attestations: Option<Cow<'a, str>>,
}

const BREAK_GLASS_LABEL: &str = "image-policy.k8s.io/break-glass";
const BREAK_GLASS_ANNOTATION: &str = "alpha.image-policy.k8s.io/break-glass";
const ATTESTATIONS_ANNOTATION: &str = "binaryauthorization.googleapis.com/attestations";

impl<'a> Metadata<'a> {
    #[inline(never)] // a stack frame of its own, for as long as it is needed
    pub(super) fn read(value: Value<'_, 'a>) -> Self {
        let mut metadata = Self::default();
        value.object_inline(|key, value| match key {
            "namespace" => metadata.namespace = value.text(),
            "labels" => {
                value.object_inline(|key, value| {
                    if key == BREAK_GLASS_LABEL {
                        metadata.break_glass_label = value.text();
                    }
                });
            }
            "annotations" => {
                value.object(|key, value| match key {
                    BREAK_GLASS_ANNOTATION => metadata.break_glass_annotation = value.text(),
                    ATTESTATIONS_ANNOTATION => metadata.attestations = value.text(),
                    _ => {}
                });
            }
            _ => {}
        });
        metadata
    }
}
