//! Free loopback ports that nobody else can take between choosing and using them.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A loopback port that is held for a program which binds it with `SO_REUSEPORT`.
///
/// The socket is bound and never listens, so every connection goes to the program; while it is open the kernel gives the port
/// to nobody who asks for a free one, and refuses it to everybody who does not share ports on purpose.
#[derive(Debug)]
pub(crate) struct ReservedPort {
    address: SocketAddr,
    _socket: TcpSocket,
}

impl ReservedPort {
    pub(crate) fn reserve() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseport(true)?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        Ok(Self { address: socket.local_addr()?, _socket: socket })
    }

    pub(crate) fn number(&self) -> u16 {
        self.address.port()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::net::{Ipv4Addr, TcpListener};

    use tokio::net::TcpSocket;

    use super::ReservedPort;

    #[test]
    fn a_reserved_port_is_refused_to_strangers() {
        let port = ReservedPort::reserve().unwrap();
        let error = TcpListener::bind((Ipv4Addr::LOCALHOST, port.number())).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    }

    #[tokio::test]
    async fn a_reserved_port_serves_the_program_that_shares_it() {
        let port = ReservedPort::reserve().unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseport(true).unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, port.number()).into()).unwrap();
        let listener = socket.listen(8).unwrap();
        let (connected, accepted) =
            tokio::join!(tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port.number())), listener.accept());
        assert_eq!(accepted.unwrap().1, connected.unwrap().local_addr().unwrap());
    }

    #[test]
    fn two_reservations_never_share_a_port() {
        let ports: Vec<_> = (0..200).map(|_| ReservedPort::reserve().unwrap()).collect();
        let numbers: HashSet<_> = ports.iter().map(ReservedPort::number).collect();
        assert_eq!(numbers.len(), ports.len());
    }
}
