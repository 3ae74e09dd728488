export interface Farm {
  readonly services: number;
  /** Real servers of each service. */
  readonly each: number;
  /** Seconds between two checks of a server. */
  readonly delayLoop: number;
  readonly checker: "TCP_CHECK" | "HTTP_GET";
}

/** Where the checked servers listen. */
export const SERVER_PORT = 8080;

const CHECKERS: Readonly<Record<Farm["checker"], string>> = {
  TCP_CHECK: `        TCP_CHECK {
            connect_timeout 5
            retry 1
            delay_before_retry 1
        }
`,
  HTTP_GET: `        HTTP_GET {
            url {
                path /health
                status_code 200
            }
            connect_timeout 5
            retry 1
            delay_before_retry 1
        }
`,
};

/** `10.7.1.4` and so on: the address of a number below 65,536 in a network of its own. */
const inNetwork = (network: string, number: number) => `${network}.${number >> 8}.${number & 255}`;

/** Services by address with servers on loopback addresses, every one with a checker of its own. */
export function farmConfiguration({ services, each, delayLoop, checker }: Farm): string {
  const blocks = Array.from({ length: services }, (_, service) => {
    const servers = Array.from({ length: each }, (__, server) => {
      const address = inNetwork("127.1", service * each + server + 256);
      return `    real_server ${address} ${SERVER_PORT} {
        weight 1
${CHECKERS[checker]}    }
`;
    });
    return `virtual_server ${inNetwork("10.100", service)} 80 {
    delay_loop ${delayLoop}
    lb_algo wlc
    lb_kind NAT
    protocol TCP
${servers.join("")}}
`;
  });
  // A slow guest takes longer than the 5 s after which keepalived would kill its own child, and leave the table.
  return `global_defs {\n    router_id bench\n}\nchild_wait_time 100\n${blocks.join("")}`;
}
