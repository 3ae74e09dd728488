/**
 * The process behind `ServerFarm`: answers on every address of its host. Arguments: files of key and certificate, and
 * what listens where: `http/80`, `https/443`, `smtp/25`, `dns/53/10.9.0.2`, `udp/7000/10.9.0.2`. Datagrams name their
 * address, since the answer has to come from it; those of `whoami/7000/10.9.0.2` are answered with the address.
 *
 * HTTP: `/status/404` has that status, `/host/NAME` 200 for a request with this Host, anything else the body `ok`.
 * `{ sick: ["CLIENT SERVER", …] }` over Node's message channel says which servers are sick, and for whom: they say 503,
 * 554, SERVFAIL, or nothing.
 */
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";

const [key, certificate, ...listeners] = process.argv.slice(2);
let sick = new Set();
/** A peer that is gone already, with its connection reset, has no address any more. */
const plain = (address = "nobody") => address.replace(/^::ffff:/, "");
const isSick = (client, server) => sick.has(`${plain(client)} ${plain(server)}`);

function answer(request, response) {
  const { remoteAddress, localAddress } = request.socket;
  const [, topic, name] = (request.url ?? "").split("/");
  let status = 200;
  if (isSick(remoteAddress, localAddress)) status = 503;
  else if (topic === "status") status = Number(name);
  else if (topic === "host" && request.headers.host !== name) status = 404;
  response.writeHead(status, { "content-type": "text/plain", connection: "close" });
  response.end("ok");
}

/** SMTP as far as a check goes: greeting, HELO, QUIT. */
function talk(socket) {
  socket.on("error", () => {});
  socket.write(isSick(socket.remoteAddress, socket.localAddress) ? "554 not well\r\n" : "220 lab ESMTP\r\n");
  socket.on("data", (bytes) => {
    if (/^QUIT/i.test(bytes.toString())) socket.end("221 bye\r\n");
    else socket.write("250 lab\r\n");
  });
}

/** A DNS answer without records: the question back with QR set, and SERVFAIL from a sick server. */
function resolve(query, well) {
  const reply = Buffer.from(query);
  reply[2] |= 0x80;
  reply[3] = well ? 0x80 : 0x82;
  return reply;
}

function datagrams(port, address, replyTo) {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  socket.on("message", (bytes, peer) => {
    const reply = replyTo(bytes, !isSick(peer.address, address));
    if (reply !== undefined) socket.send(reply, peer.port, peer.address);
  });
  return socket.bind(port, address);
}

const tls = () => ({ key: readFileSync(key), cert: readFileSync(certificate) });
const servers = {
  http: (port, address) => createServer(answer).listen(port, address),
  https: (port, address) => createTlsServer(tls(), answer).listen(port, address),
  smtp: (port, address) => createTcpServer(talk).listen(port, address),
  dns: (port, address) => datagrams(port, address, resolve),
  udp: (port, address) => datagrams(port, address, (bytes, well) => (well ? bytes : undefined)),
  whoami: (port, address) => datagrams(port, address, () => Buffer.from(`${address}\n`)),
};

let waiting = listeners.length;
for (const each of listeners) {
  const [kind, port, address = "::"] = each.split("/");
  servers[kind](Number(port), address).once("listening", () => {
    waiting -= 1;
    if (waiting === 0) console.log("ready");
  });
}
process.on("message", (next) => {
  sick = new Set(next.sick);
});
process.on("disconnect", () => process.exit(0));
