import type { Change } from "./plan.ts";

/** A change with those of the objects inside its object, in the order of the next configuration, the gone ones last. */
export interface Outcome {
  readonly change: Change;
  /** Made when asked for, like those of a Node, and each time anew. */
  readonly children: () => readonly Outcome[];
}

/**
 * The order in which changes are carried out:
 *
 * 1. global_defs: everything after takes defaults from it. Then garp_groups and track_groups, on which nothing
 *    depends, and static addresses, routes and rules that stay or come.
 * 2. Deletes of VRRP: groups before the instances that they tie, addresses before the instance that holds them, all of
 *    them before anything is created, so that an address or a virtual router id is free when another instance takes it.
 * 3. Creates and updates of VRRP: scripts and files before the instances that track them, an instance before its addresses,
 *    instances before the groups that name them. Routes and rules that are gone leave when the new ones are there:
 *    packets always have a way.
 * 4. Deletes of scripts and files, which no instance tracks any more, and of static rules, routes and addresses.
 * 5. Virtual servers that are gone: their servers before them, as IPVS counts a server under its service. Then SSL, and
 *    groups of virtual servers, those that stay or come before those that are gone.
 * 6. Virtual servers that stay or come: first the servers whose address another object of the same service takes over
 *    (a sorry server that becomes a real one), then the service, its servers, and last the servers that are gone: new
 *    servers are in the pool before old ones leave.
 *
 * Created objects stand in the order of the next configuration, deleted ones in the reverse of the running one.
 */
export function* ordered(outcomes: readonly Outcome[]): Iterable<Change> {
  const of = (object: Change["object"]) => outcomes.filter(({ change }) => change.object === object);
  const instances = of("vrrp_instance").map(withKnownChildren);
  const scripts = TRACKED.flatMap(of);
  const groups = of("vrrp_sync_group");
  const services = of("virtual_server");
  const serviceGroups = of("virtual_server_group");
  yield* of("global_defs").flatMap(withChildren);
  yield* [...of("garp_group"), ...of("track_group")].flatMap(withChildren);
  yield* STATIC.flatMap((object) => staying(of(object)).flatMap(withChildren));
  yield* gone(groups).flatMap(childrenFirst);
  yield* staying(instances).flatMap(({ children }) =>
    gone(children().filter(isAddress)).flatMap(childrenFirst),
  );
  yield* gone(instances).flatMap(childrenFirst);
  yield* staying(scripts).flatMap(withChildren);
  yield* staying(instances).flatMap(withChildren);
  yield* staying(instances).flatMap(({ children }) =>
    gone(children().filter((child) => !isAddress(child))).flatMap(childrenFirst),
  );
  yield* staying(groups).flatMap(withChildren);
  yield* gone(scripts).flatMap(childrenFirst);
  yield* [...STATIC].reverse().flatMap((object) => gone(of(object)).flatMap(childrenFirst));
  // The servers of tens of thousands of services are made one service at a time.
  for (const one of gone(services)) yield* childrenFirst(one);
  yield* of("SSL").flatMap(withChildren);
  yield* staying(serviceGroups).flatMap(withChildren);
  yield* gone(serviceGroups).flatMap(childrenFirst);
  for (const one of staying(services)) yield* service(one);
}

/** The same outcome, its children made once: they stand in several places. */
function withKnownChildren({ change, children }: Outcome): Outcome {
  const known = children();
  return { change, children: () => known };
}

/** What instances and groups track, and what says how. */
const TRACKED = [
  "interface_up_down_delay",
  "linkbeat",
  "track_file",
  "vrrp_track_process",
  "bfd_instance",
  "vrrp_script",
] as const;

/** A route needs the address that its gateway is a neighbour of, and a rule the routes of its table. */
const STATIC = ["static_ipaddress", "static_route", "static_rule"] as const;

const isAddress = ({ change }: Outcome) => change.object === "virtual_ipaddress";

function gone(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(({ change }) => change.kind === "delete").reverse();
}

function stays({ change }: Outcome): boolean {
  return change.kind !== "delete";
}

function staying(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.every(stays) ? outcomes : outcomes.filter(stays);
}

/** The object, then what is inside it and not deleted. */
function withChildren({ change, children }: Outcome): Change[] {
  const inside = children();
  if (inside.length === 0) return [change];
  return [change, ...staying(inside).flatMap(withChildren)];
}

function childrenFirst({ change, children }: Outcome): Change[] {
  return [...gone(children()).flatMap(childrenFirst), change];
}

function service(made: Outcome): Change[] {
  const outcome = withKnownChildren(made);
  const children = outcome.children();
  if (children.every(stays)) return withChildren(outcome);
  const created = new Set(
    children.filter(({ change }) => change.kind === "create").map(({ change }) => change.id),
  );
  const leaving = gone(children);
  const collides = ({ change }: Outcome) => created.has(change.id);
  return [
    ...leaving.filter(collides).flatMap(childrenFirst),
    ...withChildren(outcome),
    ...leaving.filter((one) => !collides(one)).flatMap(childrenFirst),
  ];
}
