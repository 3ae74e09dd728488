import { Socket } from "../../../native/socket.ts";
import {
  askForStatus,
  glinkCommand,
  linkRequest,
  readFlags,
  readGlink,
  readStatus,
  SIOCETHTOOL,
  SIOCGIFFLAGS,
  SIOCGMIIPHY,
  SIOCGMIIREG,
} from "../../wire/link-control.ts";
import type { Closables } from "../closables.ts";
import { kernelError } from "../errors.ts";
import type { LinkbeatMethod, LinkbeatPort } from "../ports.ts";
import { AF_INET } from "./sockaddr.ts";
import { SOCK_DGRAM } from "./socket-options.ts";

/** The link as drivers tell of it when asked, by ioctl(2). MII needs CAP_NET_ADMIN. */
export class LinuxLinkbeat implements LinkbeatPort {
  readonly #closables: Closables;
  #opened: Socket | undefined;

  constructor(closables: Closables) {
    this.#closables = closables;
  }

  ask(name: string, method: LinkbeatMethod): boolean | undefined {
    const flags = this.#flags(name);
    if (flags === undefined) return undefined;
    if (method === "IOCTL") return flags.up && flags.running;
    const link = method === "MII" ? this.#mii(name) : this.#ethtool(name);
    return link === undefined ? undefined : flags.up && link;
  }

  #flags(name: string): ReturnType<typeof readFlags> | undefined {
    const request = linkRequest(name);
    return this.#socket().control(SIOCGIFFLAGS, request) < 0 ? undefined : readFlags(request);
  }

  #mii(name: string): boolean | undefined {
    const request = linkRequest(name);
    if (this.#socket().control(SIOCGMIIPHY, request) < 0) return undefined;
    askForStatus(request);
    return this.#socket().control(SIOCGMIIREG, request) < 0 ? undefined : readStatus(request);
  }

  #ethtool(name: string): boolean | undefined {
    const command = glinkCommand();
    return this.#socket().control(SIOCETHTOOL, linkRequest(name), command) < 0
      ? undefined
      : readGlink(command);
  }

  #socket(): Socket {
    if (this.#opened) return this.#opened;
    const socket = Socket.open(AF_INET, SOCK_DGRAM, 0);
    if (typeof socket === "number") throw kernelError("linkbeat socket", socket);
    this.#opened = socket;
    this.#closables.add(() => socket.close());
    return socket;
  }
}
