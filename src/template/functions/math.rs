//! Sprig's arithmetic: on `int64`, which wraps around, and on `float64`. Randomness is fixed.

use super::convert::{float64, int64, to_float64, to_int64};
use super::decimal::Decimal;
use super::{Failure, Function, Outcome, Type};
use crate::template::Value;
use crate::template::value::IntKind;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("add", &[], Type::Any, |arguments| Ok(int64(fold(0, arguments, i64::wrapping_add), arguments))),
    Function::new("add1", &[Type::Any], |arguments| Ok(int64(to_int64(&arguments[0]).wrapping_add(1), arguments))),
    Function::new("sub", &[Type::Any, Type::Any], |arguments| Ok(int64(pair(arguments, i64::wrapping_sub), arguments))),
    Function::variadic("mul", &[Type::Any], Type::Any, |arguments| {
        Ok(int64(fold(1, arguments, i64::wrapping_mul), arguments))
    }),
    Function::new("div", &[Type::Any, Type::Any], |arguments| divided(arguments, i64::wrapping_div)),
    Function::new("mod", &[Type::Any, Type::Any], |arguments| divided(arguments, i64::wrapping_rem)),
    Function::variadic("max", &[Type::Any], Type::Any, |arguments| {
        Ok(int64(fold(i64::MIN, arguments, i64::max), arguments))
    }),
    Function::variadic("biggest", &[Type::Any], Type::Any, |arguments| {
        Ok(int64(fold(i64::MIN, arguments, i64::max), arguments))
    }),
    Function::variadic("min", &[Type::Any], Type::Any, |arguments| {
        Ok(int64(fold(i64::MAX, arguments, i64::min), arguments))
    }),
    Function::variadic("maxf", &[Type::Any], Type::Any, |arguments| Ok(extreme(arguments, 1.0))),
    Function::variadic("minf", &[Type::Any], Type::Any, |arguments| Ok(extreme(arguments, -1.0))),
    Function::variadic("addf", &[], Type::Any, |arguments| exact(Some(0.0), arguments, Decimal::add)),
    Function::new("add1f", &[Type::Any], |arguments| exact(Some(1.0), arguments, Decimal::add)),
    Function::variadic("subf", &[Type::Any], Type::Any, |arguments| exact(None, arguments, Decimal::subtract)),
    Function::variadic("mulf", &[Type::Any], Type::Any, |arguments| exact(None, arguments, Decimal::multiply)),
    Function::variadic("divf", &[Type::Any], Type::Any, |arguments| exact(None, arguments, Decimal::divide)),
    Function::new("ceil", &[Type::Any], |arguments| Ok(float64(to_float64(&arguments[0]).ceil(), arguments))),
    Function::new("floor", &[Type::Any], |arguments| Ok(float64(to_float64(&arguments[0]).floor(), arguments))),
    Function::variadic("round", &[Type::Any, Type::Int], Type::Float64, round),
    Function::new("randInt", &[Type::Int, Type::Int], random),
];

fn fold(start: i64, arguments: &[Value], operation: fn(i64, i64) -> i64) -> i64 {
    arguments.iter().map(to_int64).fold(start, operation)
}

fn pair(arguments: &[Value], operation: fn(i64, i64) -> i64) -> i64 {
    operation(to_int64(&arguments[0]), to_int64(&arguments[1]))
}

fn divided(arguments: &[Value], operation: fn(i64, i64) -> i64) -> Outcome {
    if to_int64(&arguments[1]) == 0 {
        return Err("runtime error: integer divide by zero".into());
    }
    Ok(int64(pair(arguments, operation), arguments))
}

/// Go's `math.Max` (`direction` 1) and `math.Min` (-1): the infinity of that direction wins over NaN, NaN over the rest.
fn extreme(arguments: &[Value], direction: f64) -> Value {
    let numbers = arguments.iter().map(|argument| direction * to_float64(argument));
    let largest = numbers.reduce(|left, right| match (left, right) {
        _ if left == f64::INFINITY || right == f64::INFINITY => f64::INFINITY,
        _ if left.is_nan() || right.is_nan() => f64::NAN,
        _ if left == 0.0 && right == 0.0 => {
            if left.is_sign_negative() {
                right
            } else {
                left
            }
        }
        _ => left.max(right),
    });
    float64(direction * largest.unwrap_or(0.0), arguments)
}

fn exact(
    start: Option<f64>,
    arguments: &[Value],
    operation: fn(&Decimal, &Decimal) -> Result<Decimal, Failure>,
) -> Outcome {
    let mut numbers = start.into_iter().chain(arguments.iter().map(to_float64));
    let mut result = Decimal::new(numbers.next().unwrap_or(0.0))?;
    for number in numbers {
        result = operation(&result, &Decimal::new(number)?)?;
    }
    Ok(float64(result.value(), arguments))
}

/// `round NUMBER PLACES [FROM]`: up when the next digits are at least `FROM` (a half), else down.
fn round(arguments: &[Value]) -> Outcome {
    let limit = arguments.get(2).map_or(0.5, to_float64);
    let power = power_of_ten(to_int64(&arguments[1]));
    let scaled = power * to_float64(&arguments[0]);
    let rounded = if scaled.fract() >= limit { scaled.ceil() } else { scaled.floor() };
    Ok(float64(rounded / power, arguments))
}

/// Go's `math.Pow(10, places)`: by repeated squaring, negative powers as the inverse of the positive one.
fn power_of_ten(places: i64) -> f64 {
    let (mut result, mut square, mut left) = (1.0, 10.0, places.unsigned_abs());
    while left > 0 {
        if left & 1 == 1 {
            result *= square;
        }
        square *= square;
        left >>= 1;
    }
    if places < 0 { 1.0 / result } else { result }
}

/// `randInt MIN MAX`: a linter is deterministic, so the smallest number there is.
fn random(arguments: &[Value]) -> Outcome {
    let [least, most] = [0, 1].map(|index| to_int64(&arguments[index]));
    if most.wrapping_sub(least) <= 0 {
        return Err("invalid argument to Intn".into());
    }
    Ok(Value::Int(least, IntKind::Int, None))
}
