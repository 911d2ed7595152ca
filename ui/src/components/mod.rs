//! The Studio's own components, on native platform features wherever there is one: `<dialog>`, popover, `<select>`.
//! Each file is one idea; all of them are shown in every state by the gallery (feature `gallery`).

mod basic;
mod combobox;
mod dialog;
mod field;
mod form;
mod menu;
mod palette;
mod piece;
mod split;
mod table;
mod tabs;
mod toast;
mod tooltip;
mod tree;

pub use basic::{
    Button, Callout, CodeView, EmptyState, Entity, Kind, Progress, badge, class_badge, keys, live,
    nothing, prose, sentence, skeleton,
};
pub use combobox::{Combobox, Suggest};
pub use dialog::Dialog;
pub use field::{Choice, Field, Select};
pub use form::{check, checked, choice, field, fill, form_field, locked, typed};
pub use menu::{Menu, MenuItem};
pub use palette::CommandPalette;
pub use piece::{
    Piece, button, callout, code_view, copies, does, drawn, entity, facts, piece, read, shown, tag,
    trouble,
};
pub use split::Gutter;
pub use table::{Column, DataTable, RowState, TableRow};
pub use tabs::{TabLabel, Tabs};
pub use toast::Toasts;
pub use tooltip::TooltipLayer;
pub use tree::{Tree, TreeNode};
