package dev.gsig.importer.internal.torch;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.LfsPointer;
import dev.gsig.importer.internal.pickle.PickleException;
import dev.gsig.importer.internal.pickle.PickleReader;
import dev.gsig.importer.internal.pickle.RefusedGlobalException;
import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.TensorSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The state dict of a file that {@code torch.save} wrote ({@code .pt}, {@code .pth}, {@code .bin}):
 * float32, float64, float16 and bfloat16 tensors, strided and shared views included.
 *
 * <p>Its pickle is read as data, see {@link PickleReader}: the functions that rebuild tensors are
 * known; what else a training run leaves beside the weights is passed over. Nothing is executed.
 */
public final class TorchFile implements TensorSource {
  private static final int[] ZIP = {'P', 'K', 3, 4};
  private static final int[] EMPTY_ZIP = {'P', 'K', 5, 6};
  // The number that files of PyTorch before 1.6 start with, as a pickle.
  private static final int[] LEGACY = {
    0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, '.'
  };
  private static final int TAR_MAGIC_AT = 257;
  private static final int SNIFFED = 512;

  private final Path file;
  private final TorchZip zip;
  private final Map<String, TorchTensor> tensors;

  private TorchFile(Path file, TorchZip zip, Map<String, TorchTensor> tensors) {
    this.file = file;
    this.zip = zip;
    this.tensors = tensors;
  }

  /**
   * Opens a file.
   *
   * @param file the file
   * @param key where in a checkpoint the state dict is, parts joined with dots; null to search
   * @return the open file, to be closed by the caller
   * @throws WholeModuleException if it is an object with its class
   * @throws InvalidInputException if the file cannot be read, is no checkpoint, or names anything
   *     else but tensors
   */
  public static TorchFile open(Path file, String key) {
    sniff(file);
    TorchZip zip = TorchZip.open(file);
    try {
      Object checkpoint = PickleReader.read(zip.pickle(), new TorchRules(zip));
      return new TorchFile(file, zip, StateDict.find(checkpoint, key, file.toString()));
    } catch (RefusedGlobalException e) {
      zip.close();
      throw e.isRoot() ? new WholeModuleException(file, e.getMessage(), e) : refused(file, e);
    } catch (PickleException e) {
      zip.close();
      throw refused(file, e);
    } catch (RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  private static InvalidInputException refused(Path file, PickleException e) {
    return new InvalidInputException(
        file
            + ": refused, and nothing was executed: "
            + e.getMessage()
            + "; save the weights alone: torch.save(model.state_dict(), \"state_dict.pt\")",
        e);
  }

  /** Says what a file is that is no checkpoint of today. */
  private static void sniff(Path file) {
    byte[] start;
    if (Files.isDirectory(file)) {
      throw new InvalidInputException(file + ": is a folder; name a file");
    }
    LfsPointer.refuse(file);
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(SNIFFED);
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
    if (startsWith(start, ZIP) || startsWith(start, EMPTY_ZIP)) {
      return;
    }
    if (startsWith(start, LEGACY) || isTar(start)) {
      throw new InvalidInputException(
          file
              + ": is in the format of PyTorch before 1.6; write it again with a newer one:"
              + " torch.save(torch.load(FILE, map_location=\"cpu\"), \"new.pt\")");
    }
    throw new InvalidInputException(
        file + ": is no file of torch.save; write one with torch.save(model.state_dict(), FILE)");
  }

  private static boolean startsWith(byte[] start, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= start.length || (start[i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isTar(byte[] start) {
    byte[] magic = "ustar".getBytes(StandardCharsets.US_ASCII);
    return start.length >= TAR_MAGIC_AT + magic.length
        && Arrays.equals(start, TAR_MAGIC_AT, TAR_MAGIC_AT + magic.length, magic, 0, magic.length);
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  @Override
  public DType dtype(String name) {
    return tensor(name).dtype();
  }

  @Override
  public List<Long> shape(String name) {
    return tensor(name).shape();
  }

  @Override
  public double[] read(String name) {
    return tensor(name).read(zip, what(name));
  }

  private TorchTensor tensor(String name) {
    TorchTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new InvalidInputException(what(name) + " is missing");
    }
    return tensor;
  }

  private String what(String name) {
    return file + ": tensor " + Json.quote(name);
  }

  @Override
  public String source() {
    return file.toString();
  }

  @Override
  public void close() {
    zip.close();
  }
}
