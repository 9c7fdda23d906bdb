//! Policies that are shipped as files to start from: what each of five documents
//! of local governments says, and the rules that hold where none says anything.

/// A file of policy to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Name.
    pub name: &'static str,
    /// Division it is for and since when, for people.
    pub title: &'static str,
    /// The file, in the form in which policy is imported.
    pub text: &'static str,
}

/// Every profile. `default` shows what is compiled in; the others can be imported.
pub const PROFILES: &[Profile] = &[
    Profile {
        name: "default",
        title: "the rules that hold where no locality says otherwise",
        text: include_str!("../../profiles/default.toml"),
    },
    Profile {
        name: "yinchuan-2017",
        title: "银川市 640100, 2017-08-01",
        text: include_str!("../../profiles/yinchuan-2017.toml"),
    },
    Profile {
        name: "rencheng-2019",
        title: "济宁市任城区 370811, 2019-08-05",
        text: include_str!("../../profiles/rencheng-2019.toml"),
    },
    Profile {
        name: "otog-front-2017",
        title: "鄂托克前旗 150623, 2017-11-28",
        text: include_str!("../../profiles/otog-front-2017.toml"),
    },
    Profile {
        name: "fuzhou-2017",
        title: "福州市 350100, 2017-03-20",
        text: include_str!("../../profiles/fuzhou-2017.toml"),
    },
    Profile {
        name: "jiangmen-2018",
        title: "江门市 440700, 2018-09-29",
        text: include_str!("../../profiles/jiangmen-2018.toml"),
    },
];
