//! The main job in the real window.

use e2e::{Error, scenario};

#[test]
fn the_window_opens_under_its_name() -> Result<(), Error> {
    scenario("opens", &[], |studio| {
        assert_eq!(studio.session().title()?, "Trust Fabric Studio");
        Ok(())
    })
}
