// A small SMTP server on a port of 127.0.0.1: takes every mail, and prints each with what came before it as one line of JSON.
import { createServer } from "node:net";

const server = createServer((socket) => {
  const mail = { commands: [], data: [] };
  let inData = false;
  let rest = "";
  const answer = (line) => {
    if (inData) {
      if (line !== ".") mail.data.push(line);
      else {
        inData = false;
        // Before it is taken: who sent it may end this process then.
        console.log(JSON.stringify(mail));
        socket.write("250 taken\r\n");
      }
      return;
    }
    mail.commands.push(line);
    if (line === "DATA") inData = true;
    socket.write(inData ? "354 go on\r\n" : line === "QUIT" ? "221 bye\r\n" : "250 well\r\n");
  };
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    const lines = (rest + bytes.toString("latin1")).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) answer(line);
  });
  socket.write("220 test ESMTP\r\n");
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("ready"));
