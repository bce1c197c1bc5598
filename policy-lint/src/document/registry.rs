//! Known registries, by who can push images.

/// Registries in which anyone can have a project; with a leading dot, all subdomains
const PUBLIC: &[&str] = &[
    "docker.io",
    "index.docker.io",
    "registry-1.docker.io",
    "registry.hub.docker.com",
    "gcr.io",
    ".gcr.io",
    ".pkg.dev",
    "ghcr.io",
    "docker.pkg.github.com",
    "public.ecr.aws",
    "quay.io",
    "registry.gitlab.com",
    "registry.digitalocean.com",
    "docker.cloudsmith.io",
    "cr.yandex",
    ".icr.io",
    ".ocir.io",
    ".scw.cloud",
    ".vultrcr.com",
    ".aliyuncs.com",
    ".ccs.tencentyun.com",
    "ttl.sh",
];

/// Of these, registries in which most images are published for everybody
const FOR_EVERYBODY: &[&str] = &[
    "docker.io",
    "index.docker.io",
    "registry-1.docker.io",
    "registry.hub.docker.com",
    "ghcr.io",
    "public.ecr.aws",
    "quay.io",
    "registry.gitlab.com",
    "ttl.sh",
];

/// Registries that only their vendor fills
const SINGLE_VENDOR: &[&str] = &[
    "registry.k8s.io",
    "k8s.gcr.io",
    "gke.gcr.io",
    "mcr.microsoft.com",
    "registry.access.redhat.com",
    "registry.redhat.io",
    "registry.suse.com",
    "docker.elastic.co",
    "nvcr.io",
    "cgr.dev",
];

/// Projects of vendors in Google's registries
const VENDOR_PROJECTS: &[&str] = &[
    "cloud-sql-connectors",
    "cloudsql-docker",
    "distroless",
    "gke-release",
    "google-containers",
    "google-samples",
    "google_containers",
    "istio-release",
    "kaniko-project",
    "knative-releases",
    "kubebuilder",
    "projectsigstore",
    "stackdriver-agents",
    "tekton-releases",
];

/// Domains in which an operator gives each customer its own host
const TENANTS: &[&str] = &[
    ".azurecr.io",
    ".azurecr.cn",
    ".azurecr.us",
    ".jfrog.io",
    ".cloudsmith.io",
    ".cr.aliyuncs.com",
    ".container-registry.ovh.net",
    ".github.io",
    ".gitlab.io",
    ".run.app",
    ".appspot.com",
    ".ngrok.app",
    ".ngrok.io",
];

/// Whether anyone can have a project in a registry.
pub(crate) fn is_public(host: &str) -> bool {
    is_listed(host, PUBLIC)
}

/// Whether a registry is Google's, or holds nothing but images of Kubernetes.
pub(crate) fn is_google(host: &str) -> bool {
    const DOMAINS: &[&str] = &["gcr.io", ".gcr.io", ".pkg.dev", "registry.k8s.io"];
    is_listed(host, DOMAINS)
}

/// Whether a registry is one in which most images are published for everybody.
pub(crate) fn is_for_everybody(host: &str) -> bool {
    is_listed(host, FOR_EVERYBODY)
}

/// Whether only a vendor fills a registry.
pub(crate) fn is_single_vendor(host: &str) -> bool {
    SINGLE_VENDOR.contains(&host)
}

/// Whether only a vendor fills a registry, or the project that a path in it begins with.
pub(crate) fn is_of_a_vendor(host: &str, path: &str) -> bool {
    let is_google = host == "gcr.io" || host.ends_with(".gcr.io") || host.ends_with(".pkg.dev");
    let project = path.split('/').next().unwrap_or_default();
    is_single_vendor(host) || (is_google && VENDOR_PROJECTS.contains(&project))
}

/// Whether a host with a wildcard in front covers the hosts of an operator's customers.
pub(crate) fn covers_tenants(host: &str) -> bool {
    let is_ecr = host.contains(".dkr.ecr") && host.contains(".amazonaws.com");
    host.starts_with('*') && (is_ecr || is_listed(host, TENANTS))
}

fn is_listed(host: &str, list: &[&str]) -> bool {
    list.iter().any(|one| match one.strip_prefix('.') {
        Some(_) => host.ends_with(one),
        None => host == *one,
    })
}
