//! Values of unquoted scalars in kubectl, which reads YAML 1.1 (without its base 60) and turns
//! what it has read into JSON.

use serde_json::Number;

use crate::source::Shape;

/// A scalar as kubectl understands it
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Integer(i64),
    /// A number that only fits without a sign
    Natural(u64),
    Float(f64),
    Text,
}

/// Returns the value of a plain scalar; a number that is too large for a float is a text.
pub(super) fn plain(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ => match text.as_bytes().first() {
            Some(b'.') => fraction(text),
            Some(b'+' | b'-' | b'0'..=b'9') => number(text),
            _ => None,
        }
        .unwrap_or(Scalar::Text),
    }
}

/// A number that begins with its point. It alone keeps to the rule that underscores stand between digits.
fn fraction(text: &str) -> Option<Scalar> {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_digit)
    };
    let is_between = |(at, _)| is_digit(usize::checked_sub(at, 1)) && is_digit(at.checked_add(1));
    text.match_indices('_').all(is_between).then_some(())?;
    float(&text.replace('_', "")).map(Scalar::Float)
}

fn number(text: &str) -> Option<Scalar> {
    let plain = text.replace('_', "");
    let (is_negative, unsigned) = match plain.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let has_sign = unsigned.len() != plain.len();
    let integer = magnitude(unsigned).and_then(|magnitude| {
        let signed = if is_negative {
            0_i64.checked_sub_unsigned(magnitude)
        } else {
            i64::try_from(magnitude).ok()
        };
        let natural = (!has_sign).then_some(Scalar::Natural(magnitude));
        signed.map(Scalar::Integer).or(natural)
    });
    integer.or_else(|| float(&plain).map(Scalar::Float))
}

/// Digits in the base that their prefix names; a mere zero before others is the prefix of octal ones.
fn magnitude(unsigned: &str) -> Option<u64> {
    let (base, digits) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, unsigned.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, unsigned.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, unsigned.get(2..)?),
        [b'0', _, ..] => (8, unsigned.get(1..)?),
        _ => (10, unsigned),
    };
    // The parser would take another sign.
    let begins_right = digits.starts_with(|c: char| c.is_digit(base));
    begins_right.then(|| u64::from_str_radix(digits, base).ok())?
}

fn float(plain: &str) -> Option<f64> {
    let is_float = is_decimal(plain);
    let value = is_float.then(|| plain.parse::<f64>().ok())?;
    value.filter(|value| value.is_finite())
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, the floats of YAML 1.2
fn is_decimal(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let is_mantissa = match mantissa.split_once('.') {
        None => digits(mantissa),
        Some(("", after)) => digits(after),
        Some((before, after)) => digits(before) && (after.is_empty() || digits(after)),
    };
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['-', '+']).unwrap_or(exponent));
    is_mantissa && exponent.is_none_or(digits)
}

impl Scalar {
    /// The value; `None` where JSON cannot express it.
    pub(super) fn shape(self, text: &str) -> Option<Shape> {
        Some(match self {
            Self::Null => Shape::Null,
            Self::Bool(flag) => Shape::Bool(flag),
            Self::Integer(number) => Shape::Number(number.into()),
            Self::Natural(number) => Shape::Number(number.into()),
            Self::Float(number) => Shape::Number(json_number(number)?),
            Self::Text => Shape::Text(text.to_owned()),
        })
    }

    /// The key of a JSON object that a key becomes; `None` where kubectl has no word for it.
    pub(super) fn key(self, text: &str) -> Option<String> {
        match self {
            Self::Null | Self::Natural(_) => None,
            Self::Bool(flag) => Some(flag.to_string()),
            Self::Integer(number) => Some(number.to_string()),
            Self::Float(number) => Some(float_key(number)),
            Self::Text => Some(text.to_owned()),
        }
    }

    /// Whether readers of YAML 1.2 take a plain value for the same.
    pub(super) fn is_common(self, text: &str) -> bool {
        match self {
            Self::Null | Self::Text => true,
            Self::Bool(_) => ["true", "false"]
                .iter()
                .any(|word| text.eq_ignore_ascii_case(word)),
            Self::Integer(_) => {
                let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
                let is_decimal = unsigned.bytes().all(|byte| byte.is_ascii_digit())
                    && (unsigned.len() == 1 || !unsigned.starts_with('0'));
                let prefixed = text.strip_prefix("0x").or_else(|| text.strip_prefix("0o"));
                is_decimal || prefixed.is_some_and(|digits| !digits.contains('_'))
            }
            // kubectl prints a float without a fraction as an integer; other readers keep a float.
            Self::Float(number) => is_decimal(text) && number.fract() != 0.0,
            Self::Natural(_) => false,
        }
    }
}

/// A float as Go writes it into JSON and reads it again: an integer, where it has no fraction.
fn json_number(number: f64) -> Option<Number> {
    let integer = (number.fract() == 0.0).then(|| format!("{number:.0}").parse::<i64>().ok());
    match integer.flatten() {
        Some(integer) => Some(integer.into()),
        None => Number::from_f64(number),
    }
}

/// A float as a key: with half the precision, in Go's shortest form (`%g`).
fn float_key(number: f64) -> String {
    #[expect(
        clippy::as_conversions,
        reason = "kubectl rounds the floats of keys to 32 bits"
    )]
    let number = number as f32;
    if number.is_nan() {
        return ".nan".to_owned();
    }
    if number.is_infinite() {
        return if number < 0.0 { "-.inf" } else { ".inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    match exponent.parse::<i32>() {
        Ok(power) if !(-4..6).contains(&power) => {
            let sign = if power < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", power.unsigned_abs())
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floats_of_keys_are_those_of_go() {
        for (text, expected) in [
            ("1e3", "1000"),
            ("1.23456789", "1.2345679"),
            ("1e6", "1e+06"),
            ("1e5", "100000"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("-1.5", "-1.5"),
            ("16777217.0", "1.6777216e+07"),
            ("-0.0", "-0"),
            ("1e39", ".inf"),
            ("-.inf", "-.inf"),
            (".NaN", ".nan"),
        ] {
            assert_eq!(plain(text).key(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn texts_that_readers_take_for_different_values_are_known() {
        for common in [
            "",
            "~",
            "true",
            "False",
            "0",
            "-1",
            "+12",
            "1.5",
            "-.5",
            "1.5e-3",
            "0x1f",
            "0o17",
            "12e4567",
            "12:30",
            "2001-01-01",
            "a",
        ] {
            assert!(plain(common).is_common(common), "{common}");
        }
        for doubtful in [
            "no",
            "Y",
            "on",
            "OFF",
            "012",
            "007",
            "1_000",
            "0b1",
            "-0x1f",
            "1e3",
            "1.0",
            "9223372036854775808",
            ".inf",
            "1_0.5",
        ] {
            assert!(!plain(doubtful).is_common(doubtful), "{doubtful}");
        }
    }
}
