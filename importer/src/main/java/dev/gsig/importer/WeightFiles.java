package dev.gsig.importer;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.importer.internal.torch.TorchFile;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds and opens the weights of a file or a folder, whatever their format. */
final class WeightFiles {
  private static final String INDEX = ".index.json";
  private static final List<String> USUAL =
      List.of(
          "model.safetensors",
          "model.safetensors" + INDEX,
          "pytorch_model.bin",
          "pytorch_model.bin" + INDEX);
  private static final String HEAD = "head.";
  private static final String ADAPTER = "adapter_config.json";

  private WeightFiles() {}

  /** The weights in a folder: the usual file, or the only one of a known kind. */
  static Path find(Path folder) {
    if (Files.exists(folder.resolve(ADAPTER))) {
      throw new InvalidInputException(
          folder
              + ": holds an adapter ("
              + ADAPTER
              + "), which changes the weights; merge it into them first:"
              + " model.merge_and_unload().save_pretrained(DIR)");
    }
    for (String usual : USUAL) {
      if (Files.exists(folder.resolve(usual))) {
        return folder.resolve(usual);
      }
    }
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(f -> f.toString().matches(".*\\.(safetensors|pt|pth|bin|ckpt)"))
          .forEach(found::add);
    } catch (IOException e) {
      throw InvalidInputException.reading(folder, e);
    } catch (UncheckedIOException e) {
      throw InvalidInputException.reading(folder, e.getCause());
    }
    found.removeIf(file -> file.endsWith("baseline.safetensors"));
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new InvalidInputException(
        folder
            + (found.isEmpty()
                ? ": holds no weights (" + String.join(", ", USUAL) + "); name the folder that does"
                : ": holds more than one file of weights; name one of them"));
  }

  /**
   * Opens weights.
   *
   * @param file a safetensors file, a checkpoint of PyTorch, a graph in the ONNX format, or the
   *     index of several
   * @param key where in a checkpoint the state dict is; null to search
   */
  static TensorSource open(Path file, String key) {
    if (file.toString().endsWith(INDEX)) {
      return sharded(file, key);
    }
    if (file.toString().endsWith(".onnx")) {
      return new GraphTensors(file);
    }
    return file.toString().endsWith(".safetensors")
        ? Safetensors.open(file)
        : TorchFile.open(file, key);
  }

  /** {@code {"weight_map": {"tensor": "file", ...}}}; files lie beside the index. */
  private static TensorSource sharded(Path index, String key) {
    JsonObject map = Json.read(index).object("weight_map");
    JoinedTensors joined = new JoinedTensors(index.toString());
    Map<String, TensorSource> shards = new LinkedHashMap<>();
    try {
      for (String tensor : map.keys()) {
        String shard = map.string(tensor);
        if (!shards.containsKey(shard)) {
          if (!isNameOfFile(shard) || shard.endsWith(INDEX)) {
            throw new InvalidInputException(
                index + ": " + Json.quote(shard) + " must be a file beside the index");
          }
          TensorSource opened = open(index.resolveSibling(shard), key);
          joined.own(opened);
          shards.put(shard, opened);
        }
        joined.put(tensor, shards.get(shard), tensor);
      }
      return joined;
    } catch (RuntimeException e) {
      joined.close();
      throw e;
    }
  }

  /** Whether a text can be shown in a line and leads to no other folder. */
  private static boolean isNameOfFile(String text) {
    try {
      Path name = Path.of(text).getFileName();
      return !text.isEmpty()
          && name != null
          && name.toString().equals(text)
          && !name.equals(Path.of(".."))
          && text.chars().noneMatch(Character::isISOControl);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** All files that weights consist of, in a fixed order. */
  static List<Path> parts(Path file) {
    List<Path> parts = new ArrayList<>(List.of(file));
    if (file.toString().endsWith(INDEX)) {
      JsonObject map = Json.read(file).object("weight_map");
      map.keys().stream()
          .map(map::string)
          .distinct()
          .sorted()
          .forEach(shard -> parts.add(file.resolveSibling(shard)));
    }
    return parts;
  }

  /** An encoder and the head from a file of its own, whose names get {@code head.} before them. */
  static TensorSource withHead(TensorSource encoder, Path head, String key) {
    JoinedTensors joined = new JoinedTensors(encoder.source());
    joined.own(encoder);
    try {
      TensorSource opened = open(head, key);
      joined.own(opened);
      encoder.names().forEach(name -> joined.put(name, encoder, name));
      opened.names().forEach(name -> joined.put(HEAD + name, opened, name));
      return joined;
    } catch (RuntimeException e) {
      joined.close();
      throw e;
    }
  }
}
