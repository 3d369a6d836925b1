export { runSalesforceSandbox, DEFAULT_SALESFORCE_PORT } from './main.ts';
export {
  DEFAULT_TOKEN,
  startSalesforceSandbox,
  type SalesforceSandbox,
  type SalesforceSandboxOptions,
} from './sandbox.ts';
export { FAULT_MENU } from './faults/menu.ts';
