//! The little of a certificate that webpki does not say: when it is valid, and its key. Of any version, authorities' of version 1, too (RFC 5280,
//! section 4.1).

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rustls::pki_types::{CertificateDer, UnixTime};

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Whether `certificate` is valid at `now`. One that cannot be read never is.
pub(super) fn is_in_time(certificate: &CertificateDer<'_>, now: UnixTime) -> bool {
    let now = i64::try_from(now.as_secs()).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    let now = now.map(|now| TimeZone::UTC.to_datetime(now));
    now.zip(validity(certificate)).is_some_and(|(now, (from, to))| from <= now && now <= to)
}

/// The public key of `certificate`, with its algorithm (`SubjectPublicKeyInfo`).
pub(super) fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    let mut fields = behind_issuer(certificate)?;
    // Validity, subject.
    (0..2).try_for_each(|_| fields.any().map(drop))?;
    let from = fields.0;
    fields.next(SEQUENCE)?;
    from.get(..from.len() - fields.0.len())
}

/// The two parts of a [`public_key`].
pub(super) fn algorithm_and_key(key: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut parts = Der(Der(key).next(SEQUENCE)?);
    let (algorithm, key) = (parts.next(SEQUENCE)?, parts.next(BIT_STRING)?);
    // No bits are unused.
    Some((algorithm, key.strip_prefix(&[0])?))
}

/// The first and the last moment of `certificate`, in UTC.
fn validity(certificate: &[u8]) -> Option<(DateTime, DateTime)> {
    let mut times = Der(behind_issuer(certificate)?.next(SEQUENCE)?);
    Some((time(times.any()?)?, time(times.any()?)?))
}

/// The fields of `certificate` from its validity on.
fn behind_issuer(certificate: &[u8]) -> Option<Der<'_>> {
    let mut signed = Der(Der(certificate).next(SEQUENCE)?);
    let mut fields = Der(signed.next(SEQUENCE)?);
    // Of version 1 it says none.
    if fields.0.first() == Some(&VERSION) {
        fields.any()?;
    }
    // Serial number, algorithm, issuer.
    (0..3).try_for_each(|_| fields.any().map(drop))?;
    Some(fields)
}

/// `YYMMDDhhmmssZ`, where 50 is 1950, or `YYYYMMDDhhmmssZ`.
fn time((kind, text): (u8, &[u8])) -> Option<DateTime> {
    let text =
        str::from_utf8(text).ok()?.strip_suffix('Z').filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    let (year, rest) = match (kind, text.len()) {
        (UTC_TIME, 12) => text.split_at(2),
        (GENERALIZED_TIME, 14) => text.split_at(4),
        _ => return None,
    };
    let year: i16 = year.parse().ok()?;
    let century = match kind {
        UTC_TIME if year < 50 => 2000,
        UTC_TIME => 1900,
        _ => 0,
    };
    let two = |at: usize| rest[at..at + 2].parse::<i8>().ok();
    DateTime::new(century + year, two(0)?, two(2)?, two(4)?, two(6)?, two(8)?, 0).ok()
}

/// What is left of a row of elements.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The content of the next element, when it is of this kind.
    fn next(&mut self, kind: u8) -> Option<&'a [u8]> {
        self.any().filter(|(found, _)| *found == kind).map(|(_, content)| content)
    }

    /// Kind and content of the next element.
    fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[kind, length], mut rest) = self.0.split_first_chunk()?;
        let length = match length {
            // So many bytes of length follow.
            0x81..=0x84 => {
                let (digits, tail) = rest.split_at_checked(usize::from(length - 0x80))?;
                rest = tail;
                digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit))
            }
            0x80.. => return None,
            short => short.into(),
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((kind, content))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{CertificateParams, KeyPair, PublicKeyData as _, date_time_ymd};
    use std::time::Duration;

    use super::*;

    /// A certificate that is valid from 1 January to 1 January of these years.
    fn certificate(from: i32, to: i32) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
    }

    #[test]
    fn a_certificate_has_its_time() {
        // 1 January 2020 and 2050.
        let (first, last) = (1_577_836_800, 2_524_608_000);
        let found = certificate(2020, 2050);
        for (at, expected) in [(0, false), (first - 1, false), (first, true), (last, true), (last + 1, false)] {
            assert_eq!(is_in_time(&found, UnixTime::since_unix_epoch(Duration::from_secs(at))), expected, "{at}");
        }
        let old = certificate(1960, 9999);
        assert!(is_in_time(&old, UnixTime::since_unix_epoch(Duration::ZERO)));
        assert!(!is_in_time(&old, UnixTime::since_unix_epoch(Duration::MAX)));
    }

    #[test]
    fn a_certificate_has_its_key() {
        let key = KeyPair::generate().unwrap();
        let made = CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
        let found = public_key(made.der()).unwrap();
        assert_eq!(found, key.subject_public_key_info());
        let (algorithm, bits) = algorithm_and_key(found).unwrap();
        assert_eq!(bits, key.public_key_raw());
        assert_eq!(algorithm, rustls::pki_types::alg_id::ECDSA_P256.as_ref());
    }

    #[test]
    fn times_are_read_as_they_must_be_written() {
        let read = |kind, text: &str| time((kind, text.as_bytes())).map(|time| time.to_string());
        assert_eq!(read(GENERALIZED_TIME, "99991231235959Z").as_deref(), Some("9999-12-31T23:59:59"));
        assert_eq!(read(UTC_TIME, "500102030405Z").as_deref(), Some("1950-01-02T03:04:05"));
        assert_eq!(read(UTC_TIME, "490102030405Z").as_deref(), Some("2049-01-02T03:04:05"));
        for wrong in ["", "Z", "491301000000Z", "490101000000", "49010100000+Z", "4901010000Z", "20490101000000Z"] {
            assert_eq!(read(UTC_TIME, wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes: Vec<u8>, at in 0_usize..300, byte: u8) {
            validity(&bytes);
            public_key(&bytes);
            algorithm_and_key(&bytes);
            let mut broken = certificate(2020, 2050).to_vec();
            let at = at % broken.len();
            broken[at] = byte;
            validity(&broken);
            public_key(&broken).map(algorithm_and_key);
            validity(&broken[..at]);
        }
    }
}
