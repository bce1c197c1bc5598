//! Pod specs and their image fields.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell};

use crate::built_in_kinds::Origin;
use crate::decision::Code;
use crate::json::{Raw, Value};

/// A Pod or pod template
#[derive(Debug)]
pub(crate) struct Pod<'a> {
    /// Path of its spec in the object
    pub(crate) path: String,
    pub(crate) service_account: Cow<'a, str>,
    /// All images of the Pod, in the order of its fields
    pub(crate) images: Vec<ImageField<'a>>,
    pub(crate) metadata: Metadata<'a>,
}

/// One image field
#[derive(Debug)]
pub(crate) struct ImageField<'a> {
    /// Path, for example `spec.containers[0].image`
    pub(crate) path: String,
    pub(crate) kind: FieldKind,
    /// Name of the container or volume
    pub(crate) name: Option<Cow<'a, str>>,
    /// The image as written; `None` if missing or empty
    pub(crate) image: Option<Cow<'a, str>>,
    /// The image's JSON text in the object, to be replaced
    pub(crate) token: Option<Raw<'a>>,
}

/// The lists of a pod spec whose items have images
///
/// New image fields of Kubernetes are added only here; a test finds them in the published schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub enum FieldKind {
    Container,
    InitContainer,
    EphemeralContainer,
    ImageVolume,
    /// A field outside pod specs, of a kind from the settings
    Field,
}

impl FieldKind {
    /// The lists of a pod spec, and the image field of their items
    pub const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Container, "containers", "image"),
        (Self::InitContainer, "initContainers", "image"),
        (Self::EphemeralContainer, "ephemeralContainers", "image"),
        (Self::ImageVolume, "volumes", "image.reference"),
    ];

    /// Returns the noun for an item of the list in messages.
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
    /// Reads a pod spec and adds it to `pods`, unless it has problems.
    ///
    /// `room` is the remaining number of images of the request; more images are dropped and set
    /// [`Room::exceeded_at`].
    #[inline(never)] // see docs/performance.md#stack
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
    /// Returns a Pod for image fields outside pod specs with one service account, with its first image.
    pub(super) fn sole(path: &str, service_account: Cow<'a, str>, image: ImageField<'a>) -> Self {
        Self {
            path: path.into(),
            service_account,
            images: alloc::vec![image],
            metadata: Metadata::default(),
        }
    }
}

/// The remaining number of images of a request
#[derive(Debug)]
pub(super) struct Room {
    left: Cell<usize>,
    /// The first image field beyond the limit
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

    /// Returns the first image field beyond the limit.
    pub(super) fn exceeded_at(&self) -> Option<&str> {
        self.exceeded_at.get().map(String::as_str)
    }

    /// Counts one image; returns false if it exceeds the limit.
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
    /// Reads a container, or a volume that has an image.
    fn read(kind: FieldKind, field: &str, value: Value<'_, 'a>) -> Option<Self> {
        let item = value.path();
        let (mut name, mut image, mut token) = (None, None, None);
        let mut is_image_volume = false;
        let was_object = value.object_inline(|key, value| match key {
            "name" => name = value.text(),
            "image" if kind == FieldKind::ImageVolume => {
                // `image: null` means a volume of another type.
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

    /// Reads an image field outside pod specs.
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

    /// Whether it belongs to the same container, volume or field as an image field of another object: compared by
    /// name, or by path without names. Containers of Kubernetes' own kinds have names; those of Knative may not.
    fn is_same_place(&self, other: &ImageField<'_>, origin: Origin) -> bool {
        let may_be_unnamed = self.kind == FieldKind::Field || origin == Origin::Other;
        self.kind == other.kind
            && match (&self.name, &other.name) {
                (None, None) => may_be_unnamed && self.path == other.path,
                // Names in Kubernetes have at most 63 bytes. All pairs of images are compared.
                (Some(name), Some(other)) => name.len() <= 253 && name == other,
                _ => false,
            }
    }

    /// Returns the image field in the same place before an update.
    pub(crate) fn before<'o>(
        &self,
        old: &'o Pod<'_>,
        origin: Origin,
    ) -> impl Iterator<Item = &'o ImageField<'o>> {
        let is_same_place = move |image: &&ImageField<'_>| self.is_same_place(image, origin);
        old.images.iter().filter(is_same_place)
    }

    /// Describes the field in messages by its name, or else by its path.
    pub(crate) fn described(&self) -> String {
        let name = self
            .name
            .as_deref()
            .map_or_else(|| self.path.clone(), crate::quote);
        alloc::format!("{} {name}", self.kind.noun())
    }
}

/// Reads the image string and its text in the object.
fn read_image<'a>(value: Value<'_, 'a>) -> (Option<Cow<'a, str>>, Option<Raw<'a>>) {
    let mut image = None;
    let token = value.hand_to(|value| image = value.text());
    (image, Some(token))
}

/// The metadata of a Pod that the policy reads
#[derive(Debug, Default)]
pub(crate) struct Metadata<'a> {
    pub(crate) namespace: Option<Cow<'a, str>>,
    pub(crate) break_glass_label: Option<Cow<'a, str>>,
    pub(crate) break_glass_annotation: Option<Cow<'a, str>>,
    /// Signed envelopes, the only evidence in annotations
    pub(crate) attestations: Option<Cow<'a, str>>,
}

const BREAK_GLASS_LABEL: &str = "image-policy.k8s.io/break-glass";
const BREAK_GLASS_ANNOTATION: &str = "alpha.image-policy.k8s.io/break-glass";
const ATTESTATIONS_ANNOTATION: &str = "binaryauthorization.googleapis.com/attestations";

impl<'a> Metadata<'a> {
    #[inline(never)] // see docs/performance.md#stack
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
