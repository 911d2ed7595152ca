//! Every component in every state, for whoever changes one (feature `gallery`). Switch the theme in Settings.

use std::sync::Arc;

use leptos::prelude::*;
use model::ChangeClass;

use crate::{
    components::{
        Button, Callout, Choice, CodeView, Column, Combobox, DataTable, Dialog, EmptyState, Entity,
        Field, Gutter, Kind, Menu, MenuItem, Progress, RowState, Select, Suggest, TabLabel,
        TableRow, Tabs, Tree, TreeNode, badge, class_badge, keys, skeleton,
    },
    icons::Icon,
    state::{Overlay, Studio},
};

/// The gallery.
pub fn gallery() -> AnyView {
    let studio = Studio::here();
    view! {
        <div class="page" data-test="gallery">
            <h1>"Gallery"</h1>
            <div class="gallery">
                <section><h2 class="label">"Button"</h2>{buttons()}</section>
                <section><h2 class="label">"Badge, Kbd, Entity"</h2>{badges()}</section>
                <section><h2 class="label">"Field, Select, Combobox, Choice"</h2>{fields()}</section>
                <section><h2 class="label">"Dialog, Menu, Tooltip, Toast, CommandPalette"</h2>{floating(studio)}</section>
                <section><h2 class="label">"Tabs"</h2>{tabs()}</section>
                <section><h2 class="label">"Tree"</h2>{tree()}</section>
                <section><h2 class="label">"Callout"</h2>{callouts()}</section>
                <section><h2 class="label">"Progress, Skeleton"</h2>{waiting()}</section>
                <section><h2 class="label">"EmptyState"</h2>
                    <EmptyState picture=Icon::FlaskConical title="Nothing here yet" text="What the place is for, in one or two sentences.">
                        <Button label="The one thing to do" on_click=|| {}/>
                    </EmptyState>
                </section>
                <section><h2 class="label">"CodeView"</h2>
                    <CodeView text="permit (\n  principal is Contractor,\n  action == Action::\"read\",\n  resource\n)\nwhen { resource.classification != \"P0\" };" tone="held"/>
                    <CodeView text="resource.classification != \"P0\"" tone="failed"/>
                </section>
                <section style:height="320px"><h2 class="label">"DataTable: 100,000 rows"</h2>{table()}</section>
                <section><h2 class="label">"SplitPane"</h2>
                    <div style:display="flex" style:height="80px">
                        <div style:width="var(--gallery-split)" class="faint">"left"</div>
                        <Gutter property="--gallery-split" label="Width" smallest=60.0 largest=240.0 usual=120.0/>
                        <div class="faint">"right"</div>
                    </div>
                </section>
            </div>
        </div>
    }
    .into_any()
}

fn buttons() -> AnyView {
    let pressed = RwSignal::new(true);
    view! {
        <div class="row wrap">
            <Button label="Primary" kind=Kind::Primary on_click=|| {}/>
            <Button label="Plain" picture=Icon::Save on_click=|| {}/>
            <Button label="Ghost" kind=Kind::Ghost on_click=|| {}/>
            <Button label="Icon" kind=Kind::Bare picture=Icon::Pencil on_click=|| {}/>
            <Button label="Small icon" kind=Kind::Tiny picture=Icon::X on_click=|| {}/>
            <Button label="Toggle" pressed=MaybeProp::derive(move || Some(pressed.get())) on_click=move || pressed.update(|on| *on = !*on)/>
            <Button label="Blocked" blocked=MaybeProp::derive(|| Some("It says why".to_owned())) on_click=|| {}/>
        </div>
    }
    .into_any()
}

fn badges() -> AnyView {
    const CLASSES: [ChangeClass; 6] = [
        ChangeClass::Gained,
        ChangeClass::Lost,
        ChangeClass::MaybeGained,
        ChangeClass::MaybeLost,
        ChangeClass::Undeterminable,
        ChangeClass::Unchanged,
    ];
    view! {
        <div class="row wrap">{CLASSES.map(class_badge).collect_view()}</div>
        <div class="row wrap">{["risk", "warn", "ok", "accent", "outline"].map(|tone| badge(tone, tone)).collect_view()}</div>
        <div class="row wrap">{keys("mod+k")}{keys("g d")}{keys("shift+alt+f")}</div>
        <div class="row wrap"><Entity id="Records::User::\"mara.lindqvist\""/></div>
    }
    .into_any()
}

fn fields() -> AnyView {
    let text = RwSignal::new(String::new());
    let choice = RwSignal::new("b".to_owned());
    let side = RwSignal::new(0);
    let suggest: Suggest =
        Arc::new(|text| Box::pin(async move { (1..6).map(|at| format!("{text}{at}")).collect() }));
    view! {
        <Field label="Text" id="gallery-text" hint="A hint"><input class="input" id="gallery-text"/></Field>
        <Field label="Wrong" id="gallery-wrong" error=MaybeProp::derive(|| Some("what to do about it".to_owned()))><input class="input" id="gallery-wrong" aria-invalid="true"/></Field>
        <Field label="Select" id="gallery-select">
            <Select id="gallery-select" value=choice options=Signal::stored(vec![("a".to_owned(), "First".to_owned()), ("b".to_owned(), "Second".to_owned())])/>
        </Field>
        <Field label="Combobox" id="gallery-combo"><Combobox id="gallery-combo" value=text suggest placeholder="Type"/></Field>
        <Choice label="Choice" name="gallery-choice" options=vec![(0, "one", "One", Icon::Sun), (1, "other", "Other", Icon::Moon)] value=side on_choose=move |value| side.set(value)/>
    }
    .into_any()
}

fn floating(studio: Studio) -> AnyView {
    let open = RwSignal::new(false);
    view! {
        <div class="row wrap">
            <Button label="Dialog" on_click=move || open.set(true)/>
            <Menu id="gallery-menu" trigger=ViewFn::from(|| "Menu")>
                <MenuItem label="First" picture=Icon::FileCode on_choose=|| {}/>
                <MenuItem label="Blocked" picture=Icon::X blocked=Some("It says why".to_owned()) on_choose=|| {}/>
            </Menu>
            <Button label="Toast" on_click=move || studio.toast("Something happened elsewhere", "And this is more about it.", false)/>
            <Button label="Failure" on_click=move || studio.toast("Something failed elsewhere", "And this is what to do.", true)/>
            <Button label="Palette" chord="mod+k" on_click=move || studio.overlay.set(Some(Overlay::Palette))/>
        </div>
        <Dialog title="A dialog" open on_close=move || open.set(false)>
            <div class="body"><p>"It keeps the focus and closes on Escape."</p></div>
        </Dialog>
    }
    .into_any()
}

fn tabs() -> AnyView {
    let current = RwSignal::new("a");
    let labels = vec![
        TabLabel::new("a", "First"),
        TabLabel::new("b", "Second").with(12),
        TabLabel {
            bad: true,
            ..TabLabel::new("c", "Third").with(3)
        },
    ];
    view! {
        <Tabs name="gallery" label="Tabs" tabs=Signal::stored(labels) current on_choose=move |key| current.set(key)/>
        <div role="tabpanel" id="gallery-panel">{move || current.get()}</div>
    }
    .into_any()
}

fn tree() -> AnyView {
    let node = |key: &str, level, open, dot| TreeNode {
        key: key.into(),
        level,
        label: key.into(),
        picture: if level == 1 {
            Icon::Folder
        } else {
            Icon::FileCode
        },
        open,
        note: String::new(),
        dot,
        bad: false,
    };
    let rows = vec![
        node("folder", 1, Some(true), None),
        node("one.cedar", 2, None, None),
        node("two.cedar", 2, None, Some("Has an unsaved draft")),
    ];
    let selected = RwSignal::new(Some("one.cedar".to_owned()));
    view! { <Tree id="gallery-tree" label="Tree" rows=Signal::stored(rows) selected on_choose=move |key| selected.set(Some(key)) on_toggle=|_| {}/> }.into_any()
}

fn callouts() -> AnyView {
    view! {
        <Callout tone="" title="Plain"/>
        <Callout tone="info" title="To know"><span class="dim">"More about it."</span></Callout>
        <Callout tone="warn" title="To read twice"/>
        <Callout tone="risk" title="Something failed"><span class="dim">"What to do."</span></Callout>
    }
    .into_any()
}

fn waiting() -> AnyView {
    view! {
        <Progress done=Signal::stored(40) total=Signal::stored(100) label="Known"/>
        <Progress done=Signal::stored(0) total=Signal::stored(0) label="Unknown"/>
        {skeleton()}
    }
    .into_any()
}

fn table() -> AnyView {
    let columns = vec![
        Column::words("Row", "1fr"),
        Column::numbers("Square", "1fr"),
    ];
    let row = move |at: Signal<u64>| TableRow {
        state: Signal::stored(RowState::default()),
        cells: Box::new(move || {
            view! { <span role="gridcell">{at}</span><span role="gridcell" class="right">{move || at.get() * at.get()}</span> }.into_any()
        }),
    };
    view! { <DataTable id="gallery-table" label="Squares" columns=Signal::stored(columns) total=Signal::stored(100_000) row current=RwSignal::new(None) on_open=|_| {}/> }.into_any()
}
