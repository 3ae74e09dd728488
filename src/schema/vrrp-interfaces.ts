import { interfaceName } from "./kinds.ts";
import { ipvlanUse, vmacUse } from "./kinds-vrrp.ts";
import { flag, leaf } from "./row.ts";

/** Rows of vrrp_instance about interfaces that keepalived makes, and how it treats those that are there. */
export const interfaceRows = {
  use_vmac: leaf(vmacUse, {
    countsRepeats: true,
    doc: "Run on a macvlan with the virtual router's MAC address.",
    since: "1.2.3",
    onChange: "recreate",
  }),
  use_vmac_addr: flag({
    bare: true,
    doc: "Make a macvlan for each other interface of an address.",
    since: "2.2.0",
  }),
  vmac_xmit_base: flag({
    bare: true,
    doc: "Send and receive adverts on the interface below the macvlan.",
    since: "1.2.10",
    onChange: "recreate",
  }),
  use_ipvlan: leaf(ipvlanUse, {
    countsRepeats: true,
    doc: "Run on an ipvlan.",
    since: "2.0.17",
    onChange: "recreate",
  }),
  vrf: leaf(interfaceName, {
    firstWins: true,
    doc: "VRF of unicast adverts where no interface is named.",
    since: "2.2.5",
    onChange: "recreate",
  }),
  promote_secondaries: flag({
    bare: true,
    doc: "Keep further addresses of a network when the first is removed.",
    since: "1.3.0",
  }),
  linkbeat_use_polling: flag({
    bare: true,
    doc: "Poll the link of the interface.",
    since: "1.1.18",
    deprecated: "Name the interface in a linkbeat_interfaces block.",
  }),
  lvs_sync_daemon_interface: leaf(interfaceName, {
    firstWins: true,
    doc: "Interface of the IPVS synchronisation daemon.",
    since: "0.5.5",
    deprecated: "Write lvs_sync_daemon in global_defs.",
  }),
};
