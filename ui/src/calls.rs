//! Calls into the application. `call::<Command>(request)` is all a screen sees; below it lies one of two transports:
//! Tauri's `rpc` command, or, in builds with the feature `dev-http`, `POST /rpc/NAME` to the page's own origin.

use std::{future::Future, pin::Pin};

use ipc::Command;
use leptos::task::spawn_local;
use model::{Code, Failure};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;

/// Calls a command and waits for its answer.
pub async fn call<C: Command>(request: C::Request) -> Result<C::Response, Failure> {
    decode(ask(C::NAME, encode(&request)).await?)
}

/// An answer on its way. Boxed, so that the way there is code once and not once for each command.
type Asked = Pin<Box<dyn Future<Output = Result<JsValue, Failure>>>>;

fn ask(name: &'static str, payload: Result<String, Failure>) -> Asked {
    Box::pin(async move { transport::send(name, payload?).await })
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
        hint: "reload the view; your drafts are kept".to_owned(),
        details: None,
    }
}

fn encode<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| broken(Code::BadCall, error.to_string()))
}

/// From the value itself, not from its text: half as much code for every type that is read.
fn decode<T: DeserializeOwned>(value: JsValue) -> Result<T, Failure> {
    serde_wasm_bindgen::from_value(value)
        .map_err(|error| broken(Code::BadCall, format!("the answer does not fit: {error}")))
}

/// A value thrown by a transport: a failure as the application tells it, or something of the browser's own.
fn failure(thrown: JsValue) -> Failure {
    decode(thrown.clone()).unwrap_or_else(|_| {
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
            format!("the application did not answer: {words}"),
        )
    })
}

#[cfg(not(feature = "dev-http"))]
mod transport {
    use super::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = ["window", "__TAURI_INTERNALS__"], catch)]
        async fn invoke(command: &str, arguments: &JsValue) -> Result<JsValue, JsValue>;
        // The first time it was asked before there was an interface (boot.js).
        #[wasm_bindgen(js_namespace = globalThis, js_name = studioStart, catch)]
        async fn started() -> Result<JsValue, JsValue>;
        #[wasm_bindgen(js_namespace = ["window", "__TAURI_INTERNALS__"], js_name = transformCallback)]
        fn transform_callback(callback: &Closure<dyn FnMut(JsValue)>) -> JsValue;
    }

    pub async fn send(name: &str, payload: String) -> Result<JsValue, Failure> {
        if name == ipc::Start::NAME {
            return started().await.map_err(failure);
        }
        let arguments = format!("{{\"name\":{},\"payload\":{payload}}}", encode(&name)?);
        let arguments = js_sys::JSON::parse(&arguments).map_err(failure)?;
        invoke("rpc", &arguments).await.map_err(failure)
    }

    /// Hears the application's events for as long as the page lives. A channel's messages carry `{index, message}`;
    /// they arrive in order because each is sent only after the one before.
    pub fn listen(hear: impl Fn(ipc::Event) + 'static) {
        let callback = Closure::<dyn FnMut(JsValue)>::new(move |value: JsValue| {
            let message =
                js_sys::Reflect::get(&value, &"message".into()).unwrap_or(JsValue::UNDEFINED);
            if let Ok(event) = decode(message) {
                hear(event);
            }
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
}

#[cfg(feature = "dev-http")]
mod transport {
    use super::*;
    use wasm_bindgen_futures::JsFuture;

    pub async fn send(name: &str, payload: String) -> Result<JsValue, Failure> {
        fetch(&format!("/rpc/{name}"), "POST", Some(payload)).await
    }

    async fn fetch(path: &str, method: &str, body: Option<String>) -> Result<JsValue, Failure> {
        let window =
            web_sys::window().ok_or_else(|| broken(Code::Internal, "there is no window"))?;
        let options = web_sys::RequestInit::new();
        options.set_method(method);
        if let Some(body) = body {
            options.set_body(&body.into());
        }
        let answer = JsFuture::from(window.fetch_with_str_and_init(path, &options))
            .await
            .map_err(failure)?;
        let answer: web_sys::Response = answer.unchecked_into();
        let value = JsFuture::from(answer.json().map_err(failure)?)
            .await
            .map_err(failure)?;
        if answer.ok() {
            return Ok(value);
        }
        Err(failure(value))
    }

    /// Asks for events a few times a second.
    pub fn listen(hear: impl Fn(ipc::Event) + 'static) {
        let ask = std::rc::Rc::new(hear);
        let every = std::time::Duration::from_millis(300);
        // The page is asked for as long as it lives.
        let _ = leptos::prelude::set_interval_with_handle(
            move || {
                let hear = ask.clone();
                spawn_local(async move {
                    let events = fetch("/events", "GET", None)
                        .await
                        .and_then(decode::<Vec<ipc::Event>>);
                    events.into_iter().flatten().for_each(|event| hear(event));
                });
            },
            every,
        );
    }
}

pub use transport::listen;
