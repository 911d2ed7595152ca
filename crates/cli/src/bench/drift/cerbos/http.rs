//! As much of HTTP/1.1 as a server on this machine needs: one connection, kept open, one call after the other.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use model::Failure;

use super::failed;

/// No answer takes longer.
const ANSWERING: Duration = Duration::from_secs(60);

/// A connection that is kept open, HTTP/1.1.
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    /// Connects.
    pub fn open(address: SocketAddr) -> Result<Self, Failure> {
        let open = || -> std::io::Result<Self> {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(ANSWERING))?;
            Ok(Self(BufReader::with_capacity(1 << 16, stream)))
        };
        open().map_err(|error| failed("it cannot be reached", error))
    }

    /// The body of the answer.
    pub fn call(&mut self, method: &str, path: &str, body: &str) -> Result<Vec<u8>, Failure> {
        let (status, answer) = self
            .exchange(method, path, body)
            .map_err(|error| failed("it did not answer", error))?;
        if status.split(' ').nth(1) == Some("200") {
            return Ok(answer);
        }
        let answer: String = String::from_utf8_lossy(&answer).chars().take(300).collect();
        Err(failed(&status, answer))
    }

    /// The line of the status, and the body.
    fn exchange(
        &mut self,
        method: &str,
        path: &str,
        body: &str,
    ) -> std::io::Result<(String, Vec<u8>)> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let stream = self.0.get_mut();
        stream.write_all(&[head.as_bytes(), body.as_bytes()].concat())?;
        let status = self.line()?;
        let (mut length, mut chunked) = (0, false);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(':') {
                Some(("content-length", value)) => length = number(value, 10)?,
                Some(("transfer-encoding", value)) => chunked = value.trim() == "chunked",
                Some(_) => {}
                None => break,
            }
        }
        let mut answer = Vec::new();
        if chunked {
            loop {
                let line = self.line()?;
                let size = number(&line, 16)?;
                self.take(size, &mut answer)?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.take(length, &mut answer)?;
        }
        Ok((status, answer))
    }

    /// A line of the head, without its end.
    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.0.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }

    fn take(&mut self, bytes: u64, into: &mut Vec<u8>) -> std::io::Result<()> {
        let read = self.0.by_ref().take(bytes).read_to_end(into)?;
        if read as u64 == bytes {
            Ok(())
        } else {
            Err(std::io::ErrorKind::UnexpectedEof.into())
        }
    }
}

fn number(text: &str, base: u32) -> std::io::Result<u64> {
    u64::from_str_radix(text.trim(), base).map_err(|_| std::io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use std::{
        net::{Ipv4Addr, TcpListener},
        thread,
    };

    use model::Code;

    use super::*;

    /// Answers each connection's first call with these bytes, as they are.
    fn answering(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            // What is left unread when a connection closes would cost the other side the answer.
            let mut asked = Connection(BufReader::new(stream));
            while !asked.line().unwrap().is_empty() {}
            asked.take(2, &mut Vec::new()).unwrap();
            asked.0.get_mut().write_all(answer.as_bytes()).unwrap();
        });
        address
    }

    fn asked(answer: &'static str) -> Result<Vec<u8>, Failure> {
        Connection::open(answering(answer))?.call("POST", "/", "{}")
    }

    #[test]
    fn answers_come_whole_or_not_at_all() {
        let plain = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(asked(plain).unwrap(), b"{}");
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(asked(chunked).unwrap(), b"abc0123456789");
        for broken in [
            "",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
            "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno",
        ] {
            assert_eq!(asked(broken).unwrap_err().code, Code::BenchPeer, "{broken}");
        }
    }
}
