import { createLinuxKernel } from "../../src/kernel/linux/kernel.ts";
import { ipvsContract } from "../kernel-contract/ipvs.ts";

ipvsContract("Linux", createLinuxKernel);
