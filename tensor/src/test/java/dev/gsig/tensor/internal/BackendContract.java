package dev.gsig.tensor.internal;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * Every promise of {@link Backend}, checked against {@link Reference} at awkward sizes and extreme
 * values. A backend is tested by one small subclass:
 *
 * <pre>{@code
 * class CudaBackendTest extends BackendContract {
 *   CudaBackendTest() {
 *     super("cuda", 1e-5);
 *   }
 * }
 * }</pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContract
    implements MemoryContract,
        LinearContract,
        ActivationContract,
        ElementwiseContract,
        AlgebraContract,
        LayerNormContract,
        RotationContract,
        AttentionContract,
        RowsContract,
        GruContract,
        PathContract,
        TrainingContract,
        NotANumberContract,
        ArgumentContract {
  private final String name;
  private final double tolerance;
  private Backend backend;
  private Workbench bench;

  /**
   * The contract for one backend.
   *
   * @param name name for {@link Backends#open}
   * @param tolerance largest deviation from the reference, relative to the largest entry of a
   *     result
   */
  protected BackendContract(String name, double tolerance) {
    this.name = name;
    this.tolerance = tolerance;
  }

  @BeforeAll
  void open() {
    backend = Backends.open(name);
  }

  @AfterAll
  void close() {
    backend.close();
  }

  @BeforeEach
  void poison() {
    bench = new Workbench(backend, tolerance);
    bench.poisonArena();
  }

  @AfterEach
  void release() {
    bench.close();
  }

  @Override
  public final Workbench bench() {
    return bench;
  }
}
