//! Exact decimal arithmetic for `addf`, `subf`, `mulf` and `divf`, with the results of the decimal package behind Sprig: sums and
//! products are exact, quotients have 16 decimals. Digits in base ten; the numbers of charts are short.

use super::Failure;

/// How many digits behind the point a quotient has.
const DIVISION_DIGITS: i64 = 16;

/// More digits than templates can reach by arithmetic on a page; beyond, the arithmetic would take too long.
const MOST_DIGITS: i64 = 20_000;

/// `±digits * 10^exponent`; digits from the lowest up, without zeros on top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// The shortest decimal that reads back as `value`.
    ///
    /// # Errors
    /// Infinities and NaN, with Go's text.
    pub(super) fn new(value: f64) -> Result<Self, Failure> {
        if !value.is_finite() {
            let shown = super::format::float::format(value, 'g', None);
            return Err(format!("Cannot create a Decimal from {shown}").into());
        }
        let text = super::format::float::shortest(value.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let exponent = exponent.parse::<i64>().unwrap_or(0) - signed(fraction);
        let digits = mantissa.bytes().rev().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
        Ok(Self { negative: value < 0.0, digits: trimmed(digits), exponent })
    }

    /// The nearest `float64`.
    pub(super) fn value(&self) -> f64 {
        let digits: String = self.digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect();
        let sign = if self.negative { "-" } else { "" };
        let value = format!("{sign}{digits}e{}", self.exponent).parse().unwrap_or(0.0);
        // Rationals have no negative zero.
        if value == 0.0 { 0.0 } else { value }
    }

    pub(super) fn add(&self, other: &Self) -> Result<Self, Failure> {
        let exponent = self.exponent.min(other.exponent);
        let (left, right) = (self.shifted(self.exponent - exponent)?, other.shifted(other.exponent - exponent)?);
        let (negative, digits) = if self.negative == other.negative {
            (self.negative, sum(&left, &right))
        } else if compare(&left, &right).is_ge() {
            (self.negative, difference(&left, &right))
        } else {
            (other.negative, difference(&right, &left))
        };
        Ok(Self { negative: negative && !digits.is_empty(), digits, exponent })
    }

    pub(super) fn subtract(&self, other: &Self) -> Result<Self, Failure> {
        self.add(&Self { negative: !other.negative, ..other.clone() })
    }

    pub(super) fn multiply(&self, other: &Self) -> Result<Self, Failure> {
        check(signed(self.digits.len() + other.digits.len()))?;
        let mut digits = vec![0u8; self.digits.len() + other.digits.len()];
        for (at, left) in self.digits.iter().enumerate() {
            let mut carry = 0;
            for (place, right) in digits[at..].iter_mut().zip(other.digits.iter().chain(std::iter::repeat(&0))) {
                let product = u16::from(*left) * u16::from(*right) + u16::from(*place) + carry;
                *place = digit(product % 10);
                carry = product / 10;
            }
        }
        Ok(Self {
            negative: self.negative != other.negative,
            digits: trimmed(digits),
            exponent: self.exponent + other.exponent,
        })
    }

    /// Rounded to 16 decimals, half away from zero.
    pub(super) fn divide(&self, other: &Self) -> Result<Self, Failure> {
        if other.digits.is_empty() {
            return Err("decimal division by 0".into());
        }
        let scale = self.exponent - other.exponent + DIVISION_DIGITS;
        let dividend = self.shifted(scale.max(0))?;
        let divisor = other.shifted((-scale).max(0))?;
        let (mut quotient, rest) = divided(&dividend, &divisor);
        if compare(&sum(&rest, &rest), &divisor).is_ge() {
            quotient = sum(&quotient, &[1]);
        }
        let negative = self.negative != other.negative && !quotient.is_empty();
        Ok(Self { negative, digits: quotient, exponent: -DIVISION_DIGITS })
    }

    /// The digits times `10^places`.
    fn shifted(&self, places: i64) -> Result<Vec<u8>, Failure> {
        if self.digits.is_empty() || places == 0 {
            return Ok(self.digits.clone());
        }
        check(places.saturating_add(signed(self.digits.len())))?;
        let mut digits = vec![0; usize::try_from(places).unwrap_or(0)];
        digits.extend(&self.digits);
        Ok(digits)
    }
}

fn check(digits: i64) -> Result<(), Failure> {
    if digits > MOST_DIGITS { Err("the number has too many digits".into()) } else { Ok(()) }
}

fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn digit(value: u16) -> u8 {
    u8::try_from(value).unwrap_or(0)
}

fn trimmed(mut digits: Vec<u8>) -> Vec<u8> {
    while digits.last() == Some(&0) {
        digits.pop();
    }
    digits
}

fn compare(left: &[u8], right: &[u8]) -> std::cmp::Ordering {
    left.len().cmp(&right.len()).then_with(|| left.iter().rev().cmp(right.iter().rev()))
}

fn sum(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut digits = Vec::with_capacity(left.len().max(right.len()) + 1);
    let mut carry = 0;
    for at in 0..left.len().max(right.len()) {
        let total = left.get(at).unwrap_or(&0) + right.get(at).unwrap_or(&0) + carry;
        digits.push(total % 10);
        carry = total / 10;
    }
    digits.push(carry);
    trimmed(digits)
}

/// `left - right`, where `left` is not the smaller one.
fn difference(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut digits = Vec::with_capacity(left.len());
    let mut borrow = 0;
    for (at, digit) in left.iter().enumerate() {
        let taken = right.get(at).unwrap_or(&0) + borrow;
        borrow = u8::from(*digit < taken);
        digits.push(digit + 10 * borrow - taken);
    }
    trimmed(digits)
}

/// Long division: the quotient and the rest.
fn divided(dividend: &[u8], divisor: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut quotient = vec![0; dividend.len()];
    let mut rest: Vec<u8> = Vec::new();
    for (at, digit) in dividend.iter().enumerate().rev() {
        rest.insert(0, *digit);
        rest = trimmed(rest);
        while compare(&rest, divisor).is_ge() {
            rest = difference(&rest, divisor);
            quotient[at] += 1;
        }
    }
    (trimmed(quotient), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(operation: fn(&Decimal, &Decimal) -> Result<Decimal, Failure>, left: f64, right: f64) -> f64 {
        operation(&Decimal::new(left).unwrap(), &Decimal::new(right).unwrap()).unwrap().value()
    }

    #[test]
    fn sums_are_exact() {
        assert_eq!(apply(Decimal::add, 0.1, 0.2), 0.3);
        assert_eq!(apply(Decimal::add, 1e20, -1e20).to_bits(), 0.0f64.to_bits());
        assert_eq!(apply(Decimal::subtract, 0.3, 0.4), -0.1);
        assert_eq!(apply(Decimal::add, 1e300, 1e-300), 1e300);
        assert_eq!(apply(Decimal::subtract, 1000.0, 0.001), 999.999);
    }

    #[test]
    fn products_are_exact() {
        assert_eq!(apply(Decimal::multiply, 1.1, 1.1), 1.21);
        assert_eq!(apply(Decimal::multiply, -2.5, 4.0), -10.0);
        assert_eq!(apply(Decimal::multiply, 1e300, 1e300), f64::INFINITY);
    }

    #[test]
    fn quotients_have_sixteen_decimals() {
        assert_eq!(apply(Decimal::divide, 2.0, 3.0), 0.666_666_666_666_666_7);
        assert_eq!(apply(Decimal::divide, -1.0, 30_000.0), -0.000_033_333_333_333_3);
        assert_eq!(apply(Decimal::divide, 1e-20, 3.0), 0.0);
        assert_eq!(apply(Decimal::divide, 20_000.0, 3.0), 6_666.666_666_666_667);
        assert_eq!(apply(Decimal::divide, 1e-17, 2e-1), 0.000_000_000_000_000_1);
    }

    #[test]
    fn zero_and_infinity_are_refused() {
        let (one, zero) = (Decimal::new(1.0).unwrap(), Decimal::new(0.0).unwrap());
        assert_eq!(one.divide(&zero).unwrap_err().message, "decimal division by 0");
        assert_eq!(Decimal::new(f64::INFINITY).unwrap_err().message, "Cannot create a Decimal from +Inf");
        assert_eq!(Decimal::new(f64::NAN).unwrap_err().message, "Cannot create a Decimal from NaN");
    }
}
