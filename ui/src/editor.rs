//! The binding of `editor.js` (built from `ui/editor`). `boot.js` fetches the module when it is first asked for;
//! whoever needs it waits for `module()`.

use js_sys::{Function, Object, Promise, Reflect};
use model::Problem;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// What `editor.js` exports.
    #[derive(Clone, Debug)]
    pub type Module;
    #[wasm_bindgen(method)]
    fn mount(this: &Module, host: &HtmlElement, calls: &Object) -> Editor;
    #[wasm_bindgen(method)]
    pub fn diff(
        this: &Module,
        host: &HtmlElement,
        path: &str,
        before: &str,
        after: &str,
        side_by_side: bool,
    ) -> Diff;
    #[wasm_bindgen(method)]
    pub fn paint(this: &Module, node: &HtmlElement, text: &str, path: &str);

    /// One editor for all files.
    #[derive(Clone, Debug)]
    pub type Editor;
    #[wasm_bindgen(method)]
    pub fn open(this: &Editor, path: &str, text: &str, base: Option<&str>, read_only: bool);
    #[wasm_bindgen(method)]
    pub fn forget(this: &Editor, path: Option<&str>);
    #[wasm_bindgen(method)]
    pub fn text(this: &Editor) -> String;
    #[wasm_bindgen(method, js_name = setBase)]
    pub fn set_base(this: &Editor, base: Option<&str>);
    #[wasm_bindgen(method)]
    pub fn replace(this: &Editor, text: &str);
    #[wasm_bindgen(method, js_name = setProblems)]
    fn set_problems_js(this: &Editor, problems: &JsValue);
    #[wasm_bindgen(method, js_name = goTo)]
    pub fn go_to(this: &Editor, line: u32, column: u32, end_line: u32, end_column: u32);
    #[wasm_bindgen(method)]
    pub fn problem(this: &Editor, direction: i32) -> bool;
    #[wasm_bindgen(method)]
    pub fn focus(this: &Editor);
    #[wasm_bindgen(method)]
    pub fn undo(this: &Editor);
    #[wasm_bindgen(method)]
    pub fn redo(this: &Editor);
    #[wasm_bindgen(method)]
    pub fn shown(this: &Editor);
    #[wasm_bindgen(method, js_name = moveTo)]
    pub fn move_to(this: &Editor, host: &HtmlElement);

    /// A text beside its base.
    #[derive(Clone, Debug)]
    pub type Diff;
    #[wasm_bindgen(method)]
    pub fn destroy(this: &Diff);
}

impl Editor {
    /// Shows problems of the text as it is now.
    pub fn set_problems(&self, problems: &[Problem]) {
        self.set_problems_js(&to_js(&problems));
    }
}

/// The module, once it has arrived.
pub async fn module() -> Option<Module> {
    let load: Function = Reflect::get(&js_sys::global(), &"studioEditor".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let promise: Promise = load.call0(&JsValue::NULL).ok()?.dyn_into().ok()?;
    JsFuture::from(promise)
        .await
        .ok()
        .map(JsCast::unchecked_into)
}

/// What the editor asks of the application. The closures live as long as the editor does.
pub struct Calls(Object);

impl Calls {
    /// `change(path, text)`, `cursor(line, column)` and `command(name)` are told; `complete` and `hover` are asked with
    /// `(path, text, line, column)`.
    pub fn new<F, G, A, B>(
        change: impl Fn(String, String) + 'static,
        cursor: impl Fn(u32, u32) + 'static,
        command: impl Fn(String) + 'static,
        complete: impl Fn(ipc::Place) -> F + 'static,
        hover: impl Fn(ipc::Place) -> G + 'static,
    ) -> Self
    where
        F: Future<Output = A> + 'static,
        G: Future<Output = B> + 'static,
        A: Serialize + 'static,
        B: Serialize + 'static,
    {
        let change = Closure::<dyn Fn(String, String)>::new(change);
        let cursor = Closure::<dyn Fn(u32, u32)>::new(cursor);
        let command = Closure::<dyn Fn(String)>::new(command);
        let complete = asking(complete);
        let hover = asking(hover);
        let object = Object::new();
        let members: [(&str, JsValue); 5] = [
            ("change", change.into_js_value()),
            ("cursor", cursor.into_js_value()),
            ("command", command.into_js_value()),
            ("complete", complete.into_js_value()),
            ("hover", hover.into_js_value()),
        ];
        for (name, function) in members {
            // A fresh plain object takes any property.
            let _ = Reflect::set(&object, &name.into(), &function);
        }
        Self(object)
    }

    /// Puts an editor into an element's shadow root.
    pub fn mount(&self, module: &Module, host: &HtmlElement) -> Editor {
        module.mount(host, &self.0)
    }
}

type Asked = Closure<dyn Fn(String, String, u32, u32) -> Promise>;

fn asking<F, A>(ask: impl Fn(ipc::Place) -> F + 'static) -> Asked
where
    F: Future<Output = A> + 'static,
    A: Serialize + 'static,
{
    Closure::new(move |path: String, text: String, line: u32, column: u32| {
        let answer = ask(ipc::Place {
            path,
            text,
            line,
            column,
        });
        future_to_promise(async move { Ok(to_js(&answer.await)) })
    })
}

fn to_js<T: Serialize>(value: &T) -> JsValue {
    serde_json::to_string(value)
        .ok()
        .and_then(|text| js_sys::JSON::parse(&text).ok())
        .unwrap_or(JsValue::NULL)
}
