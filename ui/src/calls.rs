//! Calls into the application: `call::<Command>(request)` is all a screen sees. Requests go as JSON, answers and events come by
//! position ([`ipc::wire`]).

use std::{future::Future, pin::Pin};

use ipc::{
    Command,
    wire::{Kind, Node, unpack},
};
use leptos::task::spawn_local;
use model::{Code, Failure};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;

use crate::texts;

/// Calls a command and waits for its answer.
pub async fn call<C: Command>(request: C::Request) -> Result<C::Response, Failure> {
    Ok(decode(ask(C::NAME, encode(&request)).await?))
}

/// An answer on its way. Boxed, so that the way there is code once and not once for each command.
type Asked = Pin<Box<dyn Future<Output = Result<JsValue, Failure>>>>;

fn ask(name: &'static str, payload: Result<String, Failure>) -> Asked {
    Box::pin(async move { send(name, payload?).await })
}

/// Calls a command whose answer nobody waits for.
pub fn tell<C: Command + 'static>(request: C::Request)
where
    C::Request: 'static,
{
    spawn_local(async move {
        // Nobody is left to tell: such calls only mark or report something.
        let _ = call::<C>(request).await;
    });
}

/// A failure on the way to the application, or back. Not `Failure::new`, which brings the hints of all codes along, and the
/// interface is to stay small.
fn broken(code: Code, message: impl Into<String>) -> Failure {
    Failure {
        code,
        message: message.into(),
        hint: texts::shell::RELOAD_HINT.into(),
        details: None,
    }
}

fn encode<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| broken(Code::BadCall, error.to_string()))
}

fn decode<T: DeserializeOwned>(value: JsValue) -> T {
    match unpack(Answer(value)) {
        Ok(value) => value,
    }
}

/// A value of JavaScript's, as it came.
struct Answer(JsValue);

/// What happens to an answer that does not fit: the page ends, and says so ([`crate::crash`]). Both ends are built together, so
/// this is a fault of the build; and an error that can be returned doubles the code of every type that is read.
#[derive(Debug)]
enum Never {}

impl std::fmt::Display for Never {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

impl std::error::Error for Never {}

impl serde::de::Error for Never {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        wasm_bindgen::throw_str(&format!("the answer does not fit: {message}"))
    }
}

impl Node for Answer {
    type Error = Never;

    fn kind(&self) -> Kind {
        let value = &self.0;
        if value.is_null() || value.is_undefined() {
            Kind::Null
        } else if value.is_string() {
            Kind::Text
        } else if js_sys::Array::is_array(value) {
            Kind::List
        } else if value.is_object() {
            Kind::Map
        } else if value.as_bool().is_some() {
            Kind::Bool
        } else {
            Kind::Number
        }
    }
    fn truth(&self) -> bool {
        self.0.is_truthy()
    }
    fn number(&self) -> f64 {
        self.0.as_f64().unwrap_or_default()
    }
    fn text(&self) -> String {
        self.0.as_string().unwrap_or_default()
    }
    fn size(&self) -> u32 {
        match self.0.dyn_ref::<js_sys::Array>() {
            Some(list) => list.length(),
            None => 0,
        }
    }
    fn at(&self, index: u32) -> Self {
        Self(js_sys::Reflect::get_u32(&self.0, index).unwrap_or(JsValue::NULL))
    }
    fn entries(&self) -> Vec<(String, Self)> {
        let Some(map) = self.0.dyn_ref::<js_sys::Object>() else {
            return Vec::new();
        };
        let pairs = js_sys::Object::entries(map);
        let pair = |pair| {
            let pair = Self(pair);
            (pair.at(0).text(), pair.at(1))
        };
        pairs.iter().map(pair).collect()
    }
}

/// A value thrown by a transport: a failure as the application tells it, or something of the browser's own.
fn failure(thrown: JsValue) -> Failure {
    if js_sys::Array::is_array(&thrown) {
        return decode(thrown);
    }
    let words = thrown
        .as_string()
        .or_else(|| {
            thrown
                .dyn_ref::<js_sys::Error>()
                .and_then(|error| error.message().as_string())
        })
        .or_else(|| js_sys::JSON::stringify(&thrown).ok()?.as_string())
        .unwrap_or_default();
    broken(
        Code::Internal,
        texts::shell::NoAnswer { words: &words }.say(),
    )
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["window", "__TAURI_INTERNALS__"], catch)]
    async fn invoke(command: &str, arguments: &JsValue) -> Result<JsValue, JsValue>;
    // The first time it was asked before there was an interface (boot.js).
    #[wasm_bindgen(js_namespace = globalThis, js_name = studioStart, catch)]
    async fn started() -> Result<JsValue, JsValue>;
    // `rpc` with these arguments, and the language that the page speaks (boot.js).
    #[wasm_bindgen(js_namespace = globalThis, js_name = studioAsk, catch)]
    async fn ask_in_language(arguments: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = ["window", "__TAURI_INTERNALS__"], js_name = transformCallback)]
    fn transform_callback(callback: &Closure<dyn FnMut(JsValue)>) -> JsValue;
}

async fn send(name: &str, payload: String) -> Result<JsValue, Failure> {
    if name == ipc::Start::NAME {
        return started().await.map_err(failure);
    }
    let arguments = format!("{{\"name\":{},\"payload\":{payload}}}", encode(&name)?);
    ask_in_language(arguments).await.map_err(failure)
}

/// Hears the application's events for as long as the page lives. A channel's messages carry `{index, message}`;
/// they arrive in order because each is sent only after the one before.
pub fn listen(hear: impl Fn(ipc::Event) + 'static) {
    let callback = Closure::<dyn FnMut(JsValue)>::new(move |value: JsValue| {
        let message = js_sys::Reflect::get(&value, &"message".into()).unwrap_or(JsValue::UNDEFINED);
        hear(decode(message));
    });
    let id = transform_callback(&callback).as_f64().unwrap_or_default();
    callback.forget();
    spawn_local(async move {
        let arguments = js_sys::Object::new();
        let channel = JsValue::from(format!("__CHANNEL__:{id}"));
        if js_sys::Reflect::set(&arguments, &"channel".into(), &channel).is_ok() {
            // Without events the window still works; it only learns less by itself.
            let _ = invoke("events", &arguments).await;
        }
    });
}
