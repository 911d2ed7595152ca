//! Functions that ask something else than policy and input: the network, the clock, chance, the machine. They are replaced,
//! so that a replay opens no connection and gives the same answer tomorrow. Where the log recorded what such a function
//! said, that is what it says again; else the evaluation ends there, and the decision is open.
//!
//! Functions that can make the memory burst with a short text are replaced by ones that stop in time.

use std::{cell::RefCell, collections::BTreeSet, net::IpAddr};

use anyhow::{Result, anyhow, bail};
use regorus::{Engine, Value};

/// The functions, and how many arguments they take.
pub(crate) const FUNCTIONS: [(&str, u8); 6] = [
    ("http.send", 1),
    ("net.lookup_ip_addr", 1),
    ("opa.runtime", 0),
    ("rand.intn", 2),
    ("time.now_ns", 0),
    ("uuid.rfc4122", 1),
];

/// Elements a function may make of one number or one range of addresses.
const MOST_ELEMENTS: i128 = 100_000;

#[derive(Default)]
struct Outside {
    /// OPA's `nd_builtin_cache`.
    recorded: Option<Value>,
    /// What was asked and not recorded.
    reached: BTreeSet<&'static str>,
}

thread_local! {
    /// An evaluation runs on one thread from start to end, and engines are cloned with their functions; so what one
    /// evaluation may know and reaches lies beside it, not in the functions.
    static OUTSIDE: RefCell<Outside> = RefCell::default();
}

/// Runs an evaluation. Besides its result, the functions it reached without a recorded answer.
pub(crate) fn watched<T>(
    recorded: Option<&str>,
    evaluate: impl FnOnce() -> T,
) -> (T, BTreeSet<&'static str>) {
    let recorded = recorded.and_then(|text| Value::from_json_str(text).ok());
    OUTSIDE.set(Outside {
        recorded,
        reached: BTreeSet::new(),
    });
    let result = evaluate();
    (result, OUTSIDE.take().reached)
}

/// Replaces the functions of an engine.
pub(crate) fn replace(engine: &mut Engine) -> Result<()> {
    for (name, arguments) in FUNCTIONS {
        let ask = move |arguments: Vec<Value>| ask(name, &arguments);
        engine.add_extension(name.to_owned(), arguments, Box::new(ask))?;
    }
    let range = |arguments: Vec<Value>| match &arguments[..] {
        [from, to] => range(from, to, &Value::from(1_u64)),
        _ => Ok(Value::Undefined),
    };
    engine.add_extension("numbers.range".to_owned(), 2, Box::new(range))?;
    let stepped = |arguments: Vec<Value>| match &arguments[..] {
        [from, to, step] => self::range(from, to, step),
        _ => Ok(Value::Undefined),
    };
    engine.add_extension("numbers.range_step".to_owned(), 3, Box::new(stepped))?;
    let expand = |arguments: Vec<Value>| match &arguments[..] {
        [Value::String(block)] => expand(block),
        _ => Ok(Value::Undefined),
    };
    engine.add_extension("net.cidr_expand".to_owned(), 1, Box::new(expand))
}

fn ask(name: &'static str, arguments: &[Value]) -> Result<Value> {
    OUTSIDE.with_borrow_mut(
        |outside| match recorded(outside.recorded.as_ref(), name, arguments) {
            Some(answer) => Ok(answer),
            None => {
                outside.reached.insert(name);
                Err(anyhow!("`{name}` asks the outside"))
            }
        },
    )
}

/// The recorded answer to the same arguments: `{"rand.intn": {"[\"dice\",6]": 4}}`.
fn recorded(all: Option<&Value>, name: &str, arguments: &[Value]) -> Option<Value> {
    let answers = all?.as_object().ok()?.get(&Value::from(name))?;
    let arguments = Value::from(arguments.to_vec());
    answers.as_object().ok()?.iter().find_map(|(key, answer)| {
        let asked = Value::from_json_str(key.as_string().ok()?).ok()?;
        (asked == arguments).then(|| answer.clone())
    })
}

/// Numbers from one to another, both included. As in OPA, what is no whole number has no value.
fn range(from: &Value, to: &Value, step: &Value) -> Result<Value> {
    let (Ok(from), Ok(to), Ok(step)) = (from.as_i64(), to.as_i64(), step.as_i64()) else {
        return Ok(Value::Undefined);
    };
    if step <= 0 {
        return Ok(Value::Undefined);
    }
    let (from, to, step) = (i128::from(from), i128::from(to), i128::from(step));
    let count = (to - from).abs() / step + 1;
    if count > MOST_ELEMENTS {
        bail!("numbers.range of {count} numbers is more than is evaluated here");
    }
    let step = if to < from { -step } else { step };
    let number = |place: i128| i64::try_from(from + place * step).map(Value::from);
    let numbers = (0..count).map(number).collect::<Result<Vec<_>, _>>()?;
    Ok(Value::from(numbers))
}

/// All addresses of a block such as `10.0.0.0/24`.
fn expand(block: &str) -> Result<Value> {
    let parsed = block.split_once('/').and_then(|(address, length)| {
        Some((address.parse::<IpAddr>().ok()?, length.parse::<u32>().ok()?))
    });
    let Some((address, length)) = parsed else {
        return Ok(Value::Undefined);
    };
    let (number, bits): (u128, u32) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let Some(free) = bits.checked_sub(length) else {
        return Ok(Value::Undefined);
    };
    let count = 1_u128.checked_shl(free).unwrap_or(u128::MAX);
    if count > MOST_ELEMENTS.unsigned_abs() {
        bail!("net.cidr_expand of `{block}` gives more addresses than are evaluated here");
    }
    let first = number & !(count - 1);
    let addresses = (0..count).map(|place| {
        let number = first + place;
        let address = match address {
            IpAddr::V4(_) => IpAddr::V4(u32::try_from(number)?.into()),
            IpAddr::V6(_) => IpAddr::V6(number.into()),
        };
        Ok(Value::from(address.to_string()))
    });
    Ok(Value::from(addresses.collect::<Result<BTreeSet<_>>>()?))
}
