//! Requests as they come in over a socket.

use bytes::Bytes;
use http::Request;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// Reads one request as it stands on the wire: its head, and as much body as the head announces. A `POST` that announces none fails the test.
pub(crate) async fn read_text(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.unwrap();
        assert!(count > 0, "the request ended early: {text}");
        text.push_str(std::str::from_utf8(&chunk[..count]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let announced = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        assert!(announced.is_some() || !head.starts_with("POST "), "no length: {head}");
        if body.len() == announced.unwrap_or("0").parse::<usize>().unwrap() {
            return text;
        }
    }
}

/// The same, taken apart.
pub(crate) async fn read(stream: &mut TcpStream) -> Request<Bytes> {
    let text = read_text(stream).await;
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let (method, target) = (first.next().unwrap(), first.next().unwrap());
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        request = request.header(name, value);
    }
    request.body(Bytes::from(body.to_owned())).unwrap()
}
