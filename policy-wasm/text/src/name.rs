//! Kubernetes names (RFC 1123).

/// Whether a namespace can have this name.
#[must_use]
pub fn is_dns_label(text: &str) -> bool {
    text.len() <= 63 && is_word(text)
}

/// Whether a service account can have this name: DNS labels, separated by dots.
#[must_use]
pub fn is_dns_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_word)
}

fn is_word(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(is_inner) && !text.starts_with('-') && !text.ends_with('-')
}
