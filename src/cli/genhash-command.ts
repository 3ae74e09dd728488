import { type Command, InvalidArgumentError, Option } from "commander";
import { canonicalIp } from "../values/ip.ts";
import type { GenhashOptions } from "./genhash.ts";

function address(text: string): string {
  if (canonicalIp(text) === undefined) throw new InvalidArgumentError("It is an IP address.");
  return text;
}

const number =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a number from ${least} to ${most}.`);
  };

function protocol(text: string): GenhashOptions["protocol"] {
  const known = (["1.0", "1.0C", "1.1"] as const).find((one) => one === text.toUpperCase());
  if (known === undefined) throw new InvalidArgumentError("It is 1.0, 1.0C or 1.1.");
  return known;
}

/** `holdfast genhash`, with the options of keepalived's genhash. */
export function addGenhashCommand(program: Command): void {
  program
    .command("genhash")
    .description("print the MD5 of a page, for digest of HTTP_GET and SSL_GET")
    .option("-S, --use-ssl", "connect with TLS")
    .option("-I, --use-sni", "name the virtual host in the TLS handshake")
    .addOption(new Option("-s, --server <address>", "the server").argParser(address).makeOptionMandatory())
    .addOption(new Option("-p, --port <port>", "its port").argParser(number(1, 65_535)).makeOptionMandatory())
    .requiredOption("-u, --url <path>", "the page")
    .option("-V, --use-virtualhost <host>", "the host to name in the request")
    .option("-v, --verbose", "print the answer, too")
    .addOption(new Option("-m, --fwmark <mark>", "mark of its packets").argParser(number(0, 0xffff_ffff)))
    .addOption(
      new Option("-P, --protocol <version>", "1.0, 1.0C (1.0 with Connection: close) or 1.1")
        .argParser(protocol)
        .default("1.0"),
    )
    .addOption(
      new Option("-t, --timeout <seconds>", "how long to wait").argParser(number(1, 4_294_967)).default(5),
    )
    .action(async (options: GenhashOptions) => {
      const { genhash } = await import("./genhash.ts");
      process.exitCode = await genhash(options);
    });
}
