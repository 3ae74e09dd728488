/** nginx in a host of the lab: a web server with TLS and several names that shares no code with anybody here. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { untilListening } from "./listening.ts";
import type { Host, Lab } from "./netns.ts";
import { execute, type LabProcess } from "./process.ts";

/** What one line of its access log says. */
export interface NginxRequest {
  readonly client: string;
  readonly port: number;
  /** "GET / HTTP/1.0". */
  readonly request: string;
  readonly host: string;
  readonly userAgent: string;
  readonly connection: string;
  /** The name of the TLS handshake; "" without one. */
  readonly sni: string;
}

let started = 0;

/** A running nginx with a configuration directory of its own. */
export class Nginx {
  readonly process: LabProcess;
  readonly #log: string;

  private constructor(process: LabProcess, log: string) {
    this.process = process;
    this.#log = log;
  }

  /** Starts it with the contents of the block `http`; resolves when it listens on `port`. */
  static async start(lab: Lab, host: Host, http: string, port: number): Promise<Nginx> {
    started += 1;
    const directory = lab.path(`nginx-${started}`);
    mkdirSync(directory);
    execute(["chmod", "a+x", lab.directory]);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `  ${name}_temp_path ${directory}/${name};`,
    );
    const fields = [
      "remote_addr",
      "server_port",
      "request",
      "http_host",
      "http_user_agent",
      "http_connection",
    ];
    const format = [...fields, "ssl_server_name"].map((name) => `"${name}":"$${name}"`).join(",");
    const text = [
      "daemon off;",
      "user root;",
      "worker_processes 1;",
      `pid ${directory}/pid;`,
      `error_log ${directory}/error.log;`,
      "events { worker_connections 512; }",
      "http {",
      `  log_format asked escape=json '{${format}}';`,
      `  access_log ${directory}/access.log asked;`,
      ...temporary,
      http,
      "}",
    ];
    writeFileSync(`${directory}/nginx.conf`, `${text.join("\n")}\n`);
    const process = host.spawn(["nginx", "-c", `${directory}/nginx.conf`, "-e", `${directory}/error.log`]);
    await untilListening(process, "tcp", port);
    return new Nginx(process, `${directory}/access.log`);
  }

  /** What it was asked so far. */
  requests(): NginxRequest[] {
    // Behind the last line end is what it may be writing now.
    const lines = readFileSync(this.#log, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => {
      const one = JSON.parse(line) as Record<string, string>;
      return {
        client: one.remote_addr ?? "",
        port: Number(one.server_port),
        request: one.request ?? "",
        host: one.http_host ?? "",
        userAgent: one.http_user_agent ?? "",
        connection: one.http_connection ?? "",
        sni: one.ssl_server_name ?? "",
      };
    });
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }
}

/** A self-signed certificate for a name, made once, below the lab's directory: paths of key and certificate. */
export function selfSigned(lab: Lab, name: string): { readonly key: string; readonly certificate: string } {
  const [key, certificate] = [lab.path(`${name}.key`), lab.path(`${name}.pem`)];
  if (existsSync(certificate)) return { key, certificate };
  execute([
    ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-days", "1", "-subj", `/CN=${name}`, "-keyout", key, "-out", certificate],
  ]);
  return { key, certificate };
}
