package dev.gsig.cuda.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The emulated driver finds mistakes: each of these programs makes one. */
@Tag("emulated")
@ExtendWith(EmulatedDriver.class)
@DisabledIfSystemProperty(named = "gsig.cuda.real", matches = "true")
class EmulatorTest {
  private static final int FLOATS = 256;

  private final CUcontext context = new CUcontext();
  private final CUstream stream = new CUstream();
  private final CUdeviceptr x = new CUdeviceptr();
  private final Pointer pinned = new Pointer();

  @BeforeEach
  void begin() {
    JCudaDriver.cuInit(0);
    JCudaDriver.cuDevicePrimaryCtxRetain(context, new CUdevice());
    JCudaDriver.cuCtxSetCurrent(context);
    require(JCudaDriver.cuStreamCreate(stream, 0));
    require(JCudaDriver.cuMemAlloc(x, 4 * FLOATS));
    require(JCudaDriver.cuMemHostAlloc(pinned, 4 * FLOATS, 0));
    require(JCudaDriver.cuMemsetD32Async(x, 0, FLOATS, stream));
    require(JCudaDriver.cuStreamSynchronize(stream));
  }

  @AfterEach
  void end() {
    EmulatedDriver.forgetFault();
    JCudaDriver.cuStreamDestroy(stream);
    JCudaDriver.cuMemFree(x);
    JCudaDriver.cuMemFreeHost(pinned);
    JCudaDriver.cuDevicePrimaryCtxRelease(new CUdevice());
  }

  private static void require(int code) {
    assertThat(code).as(CUresult.stringFor(code)).isZero();
  }

  /**
   * A kernel of one parameter, the address of 256 floats, in %rd1; %r1 is the thread, %rd2 its
   * float.
   */
  private static String kernel(String body) {
    return """
        .version 6.0
        .target sm_50
        .address_size 64
        .visible .entry test(
        .param .u64 test_param_0
        )
        {
        .reg .pred %p<9>;
        .reg .f32 %f<9>;
        .reg .b32 %r<9>;
        .reg .b64 %rd<9>;
        .shared .align 4 .b8 tile[1024];
        ld.param.u64 %rd1, [test_param_0];
        mov.u32 %r1, %tid.x;
        mul.wide.u32 %rd2, %r1, 4;
        add.s64 %rd2, %rd1, %rd2;
        mov.u32 %r2, tile;
        shl.b32 %r3, %r1, 2;
        add.s32 %r2, %r2, %r3;
        mov.f32 %f1, 0f3F800000;
        BODY
        ret;
        }
        """
        .replace("BODY", body);
  }

  private int run(String ptx, int blocks, int threads) {
    CUmodule module = new CUmodule();
    int code = JCudaDriver.cuModuleLoadData(module, ptx);
    if (code != 0) {
      return code;
    }
    CUfunction function = new CUfunction();
    require(JCudaDriver.cuModuleGetFunction(function, module, "test"));
    Pointer arguments = Pointer.to(Pointer.to(x));
    // under some seeds the launch itself runs the kernel
    code =
        JCudaDriver.cuLaunchKernel(
            function, blocks, 1, 1, threads, 1, 1, 0, stream, arguments, null);
    return code != 0 ? code : JCudaDriver.cuStreamSynchronize(stream);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of("past its end", "st.global.f32 [%rd2+4], %f1;", 1),
        Arguments.of("before its start", "ld.global.f32 %f2, [%rd2+-4];", 1),
        Arguments.of("MISALIGNED", "st.global.f32 [%rd1+2], %f1;", 1),
        Arguments.of("shared memory byte 1024 is in no array", "st.shared.f32 [%r2+4], %f1;", 1),
        Arguments.of("UNINITIALISED", "ld.shared.f32 %f2, [%r2];", 1),
        // two threads, no barrier
        Arguments.of(
            "RACE",
            "st.shared.f32 [%r2], %f1;\nxor.b32 %r4, %r2, 4;\nld.shared.f32 %f2, [%r4];",
            1),
        Arguments.of("RACE", "st.global.f32 [%rd1], %f1;", 1),
        // two blocks
        Arguments.of("RACE", "ld.global.f32 %f2, [%rd2];\nst.global.f32 [%rd2], %f2;", 2),
        Arguments.of("DIVERGENT BARRIER", "setp.lt.u32 %p1, %r1, 7;\n@%p1 bar.sync 0;", 1),
        Arguments.of("BARRIER AFTER EXIT", "setp.lt.u32 %p1, %r1, 7;\n@%p1 ret;\nbar.sync 0;", 1),
        Arguments.of("BARRIER AFTER EXIT", "setp.lt.u32 %p1, %r1, 64;\n@%p1 ret;\nbar.sync 0;", 1),
        Arguments.of(
            "WARP DIVERGENCE",
            """
            setp.lt.u32 %p1, %r1, 7;
            mov.u32 %r5, 1;
            mov.u32 %r6, 31;
            mov.u32 %r7, -1;
            @%p1 shfl.sync.bfly.b32 %r4, %r1, %r5, %r6, %r7;""",
            1),
        Arguments.of("DIVISION", "mov.u32 %r5, 0;\ndiv.u32 %r4, %r1, %r5;", 1));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void kernelsThatAreWrong(String report, String body, int blocks) {
    assertThat(run(kernel(body), blocks, FLOATS)).isNotZero();
    assertThat(EmulatedDriver.lastReport()).contains(report);
  }

  @Test
  void kernelsThatAreRight() {
    EmulatedDriver.set("eager=0");
    String neighbour =
        """
        st.shared.f32 [%r2], %f1;
        bar.sync 0;
        xor.b32 %r4, %r2, 4;
        ld.shared.f32 %f2, [%r4];
        bar.sync 0;
        st.shared.f32 [%r2], %f2;
        st.global.f32 [%rd2], %f2;""";
    int reports = EmulatedDriver.count(EmulatedDriver.Count.REPORTS);
    assertThat(run(kernel(neighbour), 1, FLOATS)).isZero();
    assertThat(EmulatedDriver.count(EmulatedDriver.Count.REPORTS)).isEqualTo(reports);
    require(JCudaDriver.cuMemcpyDtoHAsync(pinned, x, 4 * FLOATS, stream));
    // not there before a synchronisation
    assertThat(floats().getFloat(0)).isZero();
    require(JCudaDriver.cuStreamSynchronize(stream));
    assertThat(floats().getFloat(0)).isEqualTo(1);
    assertThat(floats().getFloat(4 * FLOATS - 4)).isEqualTo(1);
  }

  private ByteBuffer floats() {
    return pinned.getByteBuffer(0, 4 * FLOATS).order(ByteOrder.nativeOrder());
  }

  @Test
  void copiesReadPinnedMemoryAsItIsWhenTheyRun() {
    EmulatedDriver.set("eager=0");
    floats().putFloat(0, 1);
    require(JCudaDriver.cuMemcpyHtoDAsync(x, pinned, 4, stream));
    floats().putFloat(0, 2);
    require(JCudaDriver.cuMemcpyDtoHAsync(pinned, x, 4, stream));
    floats().putFloat(0, 3);
    require(JCudaDriver.cuStreamSynchronize(stream));
    assertThat(floats().getFloat(0)).isEqualTo(3);
    EmulatedDriver.reset();
  }

  @Test
  void callsThatAreWrong() {
    CUdeviceptr other = new CUdeviceptr();
    require(JCudaDriver.cuMemAlloc(other, 16));
    require(JCudaDriver.cuMemFree(other));
    assertThat(JCudaDriver.cuMemFree(other)).isEqualTo(CUresult.CUDA_ERROR_INVALID_VALUE);
    assertThat(EmulatedDriver.lastReport()).contains("BAD FREE", "FREED");
    Pointer heap = Pointer.to(ByteBuffer.allocateDirect(16));
    assertThat(JCudaDriver.cuMemcpyHtoDAsync(x, heap, 16, stream)).isNotZero();
    assertThat(EmulatedDriver.lastReport()).contains("not pinned");
    require(JCudaDriver.cuMemcpyHtoDAsync(x, pinned, 16, stream));
    require(JCudaDriver.cuMemcpyHtoDAsync(other, pinned, 16, stream));
    assertThat(JCudaDriver.cuMemFree(x)).isNotZero();
    assertThat(EmulatedDriver.lastReport()).contains("FREE of device memory that queued work uses");
    assertThat(JCudaDriver.cuStreamSynchronize(stream)).isNotZero();
    assertThat(EmulatedDriver.lastReport()).contains("FREED");
  }

  @Test
  void whatDevicesComputeDifferentlyIsRefused() {
    assertThat(run(kernel("ex2.approx.f32 %f2, %f1;"), 1, 1))
        .isEqualTo(CUresult.CUDA_ERROR_INVALID_PTX);
    assertThat(EmulatedDriver.lastReport()).contains("ex2.approx.f32 is not emulated");
    assertThat(run(kernel("mul.f32 %f2, %f1, %f1;"), 1, 1)).isNotZero();
    String newer = kernel("").replace(".version 6.0", ".version 9.0");
    EmulatedDriver.set("driver=12060");
    assertThat(run(newer, 1, 1)).isEqualTo(CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
    EmulatedDriver.reset();
  }
}
