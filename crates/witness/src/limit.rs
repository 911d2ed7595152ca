//! How often a peer may ask: a bucket of tokens each, filled at an even pace. Pure: the time comes in.

use std::{collections::HashMap, net::IpAddr};

/// Peers that are remembered at most. Beyond that the ones with full buckets are forgotten, which changes nothing for them.
const PEERS: usize = 16_384;

/// Buckets of peers.
#[derive(Debug)]
pub struct Limit {
    per_minute: u64,
    /// Tokens in thousandths of a minute's, and when they were counted, in milliseconds.
    peers: HashMap<IpAddr, (u64, u64)>,
}

impl Limit {
    /// So many requests a minute, as many at once.
    pub fn new(per_minute: u32) -> Self {
        Self {
            per_minute: u64::from(per_minute),
            peers: HashMap::new(),
        }
    }

    /// Whether a peer may ask now; else after how many seconds.
    pub fn admit(&mut self, peer: IpAddr, now: u64) -> Result<(), u64> {
        // A token is a minute's worth of milliseconds.
        const TOKEN: u64 = 60_000;
        let most = self.per_minute * TOKEN;
        let pace = self.per_minute;
        let filled = |(tokens, then): (u64, u64)| {
            let since = now.saturating_sub(then).min(TOKEN);
            (tokens + since * pace).min(most)
        };
        if self.peers.len() >= PEERS {
            self.peers.retain(|_, bucket| filled(*bucket) < most);
            if self.peers.len() >= PEERS {
                return Err(60);
            }
        }
        let bucket = self.peers.entry(one(peer)).or_insert((most, now));
        let tokens = filled(*bucket);
        match tokens.checked_sub(TOKEN) {
            Some(left) => {
                *bucket = (left, now);
                Ok(())
            }
            None => {
                *bucket = (tokens, now);
                Err((TOKEN - tokens).div_ceil(pace * 1000).max(1))
            }
        }
    }
}

/// Who a peer is: of IPv6 the network, which is what one is given.
fn one(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => address.into(),
            None => {
                let [a, b, c, d, ..] = address.segments();
                std::net::Ipv6Addr::from([a, b, c, d, 0, 0, 0, 0]).into()
            }
        },
        IpAddr::V4(_) => peer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn peer(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn each_peer_has_a_bucket_that_fills_again() {
        let mut limit = Limit::new(3);
        let (a, b) = (peer("10.0.0.1"), peer("10.0.0.2"));
        for _ in 0..3 {
            assert_eq!(limit.admit(a, 0), Ok(()));
        }
        assert_eq!(limit.admit(a, 0), Err(20));
        assert_eq!(limit.admit(b, 0), Ok(()));
        assert_eq!(limit.admit(a, 19_999), Err(1));
        assert_eq!(limit.admit(a, 20_000), Ok(()));
        assert_eq!(limit.admit(a, 20_001), Err(20));
        // An hour is not saved up.
        for _ in 0..3 {
            assert_eq!(limit.admit(a, 3_600_000), Ok(()));
        }
        assert!(limit.admit(a, 3_600_000).is_err());
    }

    #[test]
    fn one_network_is_one_peer() {
        let mut limit = Limit::new(1);
        assert_eq!(limit.admit(peer("2001:db8::1"), 0), Ok(()));
        assert!(limit.admit(peer("2001:db8::ffff"), 0).is_err());
        assert_eq!(limit.admit(peer("2001:db8:0:1::1"), 0), Ok(()));
        assert_eq!(limit.admit(peer("10.0.0.1"), 0), Ok(()));
        assert!(limit.admit(peer("::ffff:10.0.0.1"), 0).is_err());
    }

    proptest! {
        #[test]
        fn no_more_than_a_bucket_and_its_pace(per_minute in 1_u32..200, times in prop::collection::vec(0_u64..5_000, 1..400)) {
            let mut limit = Limit::new(per_minute);
            let (mut now, mut admitted) = (0, 0_u64);
            for step in times {
                now += step;
                admitted += u64::from(limit.admit(peer("10.0.0.1"), now).is_ok());
            }
            let pace = u64::from(per_minute);
            prop_assert!(admitted <= pace + now * pace / 60_000);
        }
    }
}
