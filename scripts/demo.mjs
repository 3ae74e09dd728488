// npm run demo: two routers, one address and a pool of servers, in a world of their own that ends with this process.
import { enter } from "../demo/enter.mjs";

process.exitCode = await enter();
