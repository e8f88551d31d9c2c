package dev.gsig.tensor.internal;

/** What every part of {@link BackendContract} works with. */
interface ContractCase {
  /** The bench of the running test. */
  Workbench bench();
}
