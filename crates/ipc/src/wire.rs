//! Answers by position: what crosses from the application to its interface.
//!
//! A struct is the list of its fields in their order and a variant the number of its place, where ordinary JSON would repeat
//! every name. Both ends are built from the same types, so the names say nothing; and code that looks fields up by
//! name, and tells of every way in which they may be missing, was a sixth of an interface that has to stay small. What has no
//! type of its own (maps, contexts of requests) keeps its names. Calls, which the interface writes, are ordinary JSON.

mod pack;
mod unpack;

pub use pack::{Words, pack, pack_in};
pub use unpack::{Kind, Node, unpack};

use serde_json::Value;

impl Node for Value {
    type Error = serde_json::Error;

    fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Bool,
            Self::Number(_) => Kind::Number,
            Self::String(_) => Kind::Text,
            Self::Array(_) => Kind::List,
            Self::Object(_) => Kind::Map,
        }
    }
    fn truth(&self) -> bool {
        self.as_bool().unwrap_or_default()
    }
    fn number(&self) -> f64 {
        self.as_f64().unwrap_or_default()
    }
    fn text(&self) -> String {
        self.as_str().unwrap_or_default().to_owned()
    }
    fn size(&self) -> u32 {
        self.as_array()
            .map_or(0, |items| u32::try_from(items.len()).unwrap_or(u32::MAX))
    }
    fn at(&self, index: u32) -> Self {
        self.get(index as usize).cloned().unwrap_or_default()
    }
    fn entries(&self) -> Vec<(String, Self)> {
        let entries = self.as_object().into_iter().flatten();
        entries.map(|(k, v)| (k.clone(), v.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use model::{Code, Failure, Problem, Severity};
    use serde::{Deserialize, Serialize, de::DeserializeOwned};
    use serde_json::json;

    use super::*;

    fn there_and_back<T: Serialize + DeserializeOwned>(value: &T) -> T {
        unpack(pack(value).unwrap()).unwrap()
    }

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Shape {
        #[default]
        Dot,
        Line(f64),
        Pair(u8, i64),
        Box {
            name: String,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            note: Option<Vec<Shape>>,
            deep: bool,
        },
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        left: u32,
        right: char,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Everything {
        unit: (),
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left_out: Vec<String>,
        shapes: Vec<Shape>,
        some: Option<Inner>,
        none: Option<Inner>,
        map: BTreeMap<String, Option<Shape>>,
        free: Value,
        pair: (i8, String),
        wrapped: Wrapped,
        float: f32,
        large: u64,
        small: i64,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Wrapped(String);

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Flat {
        first: u8,
        #[serde(flatten)]
        inner: Inner,
        last: Shape,
    }

    fn everything() -> Everything {
        Everything {
            unit: (),
            left_out: Vec::new(),
            shapes: vec![
                Shape::Dot,
                Shape::Line(-0.5),
                Shape::Pair(255, -9_007_199_254_740_991),
                Shape::Box {
                    name: "a \u{202e} b".into(),
                    note: None,
                    deep: true,
                },
                Shape::Box {
                    name: String::new(),
                    note: Some(vec![Shape::Dot]),
                    deep: false,
                },
            ],
            some: Some(Inner {
                left: 1,
                right: 'ß',
            }),
            none: None,
            map: [
                ("x".to_owned(), None),
                ("y".to_owned(), Some(Shape::Line(1.0))),
            ]
            .into(),
            free: json!({"a": [1, null, {"b": 2.5}], "c": "d", "e": -3, "f": true}),
            pair: (-1, "two".into()),
            wrapped: Wrapped("in".into()),
            float: 1.5,
            large: 9_007_199_254_740_991,
            small: -1,
        }
    }

    #[test]
    fn every_kind_of_value_comes_back() {
        let value = everything();
        assert_eq!(there_and_back(&value), value);
        let flat = Flat {
            first: 1,
            inner: Inner {
                left: 2,
                right: 'x',
            },
            last: Shape::Dot,
        };
        assert_eq!(pack(&flat).unwrap()["left"], json!(2));
    }

    #[test]
    fn positions_stand_for_names() {
        let packed = pack(&everything()).unwrap();
        // What is left out keeps its place.
        assert_eq!(packed[1], Value::Null);
        assert_eq!(
            packed[2],
            json!([
                0,
                [1, -0.5],
                [2, [255, -9_007_199_254_740_991_i64]],
                [3, ["a \u{202e} b", null, true]],
                [3, ["", [0], false]]
            ])
        );
        assert_eq!(packed[3], json!([1, "ß"]));
        assert_eq!(packed[5], json!({"x": null, "y": [1, 1.0]}));
        assert_eq!(packed[6]["a"], json!([1, null, {"b": 2.5}]));
    }

    #[test]
    fn what_has_no_place_in_it_is_refused() {
        // A number for a variant that is not there; a text for a number is read as nought.
        assert!(unpack::<Shape, _>(json!(9)).is_err());
        assert!(unpack::<Vec<Shape>, _>(json!([0, [7, 1]])).is_err());
        assert!(pack(&BTreeMap::from([((1, 2), 3)])).is_err());
    }

    #[test]
    fn what_went_wrong_is_put_into_other_words_wherever_it_stands() {
        let failure = Failure::new(Code::FileRead, "cannot read `x`").with_details("line 3");
        let problem = Problem {
            code: Code::PolicySyntax,
            severity: Severity::Error,
            file: "a.cedar".into(),
            line: 3,
            column: 1,
            end_line: 3,
            end_column: 2,
            message: "unexpected token".into(),
            hint: "mine".into(),
        };
        let all = (
            failure.clone(),
            BTreeMap::from([("x", vec![Some(problem.clone())])]),
            Err::<(), _>(failure.clone()),
        );
        let words = |code: Code, message: &mut String, hint: &mut String| {
            message.insert_str(0, code.as_str());
            *hint = "other".to_owned();
        };
        let told = pack_in(&all, &words).unwrap();
        let mut expected = failure;
        words(expected.code, &mut expected.message, &mut expected.hint);
        assert_eq!(unpack::<Failure, _>(told[0].clone()).unwrap(), expected);
        assert_eq!(told[2], json!([1, pack(&expected).unwrap()]));
        let mut expected = problem;
        words(expected.code, &mut expected.message, &mut expected.hint);
        assert_eq!(told[1]["x"], json!([pack(&expected).unwrap()]));
        assert_eq!(expected.message, "policy_syntaxunexpected token");
    }
}
