package dev.gsig.importer.internal.torch;

import dev.gsig.importer.internal.pickle.Dictionaries;
import dev.gsig.importer.internal.pickle.Global;
import dev.gsig.importer.internal.pickle.PickleException;
import dev.gsig.importer.internal.pickle.PickleReader;
import dev.gsig.importer.internal.pickle.Rules;
import dev.gsig.transformer.safetensors.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a checkpoint may name: the functions of {@code torch._utils} that rebuild tensors, the types
 * of storages and elements, shapes and ordered dictionaries.
 */
final class TorchRules implements Rules {
  private static final Map<Global, DType> STORAGE_TYPES = new HashMap<>();
  private static final Map<Global, DType> ELEMENT_TYPES = new HashMap<>();
  private static final Global SIZE = new Global("torch", "Size");
  private static final Global REBUILD_V2 = rebuild("tensor_v2");
  private static final Global REBUILD_V3 = rebuild("tensor_v3");
  private static final Global REBUILD_PARAMETER = rebuild("parameter");
  private static final Global REBUILD_PARAMETER_WITH_STATE = rebuild("parameter_with_state");

  static {
    type("Float", "float32", DType.F32);
    type("Double", "float64", DType.F64);
    type("Half", "float16", DType.F16);
    type("BFloat16", "bfloat16", DType.BF16);
    type("Long", "int64", DType.I64);
    type("Int", "int32", DType.I32);
    type("Short", "int16", DType.I16);
    type("Char", "int8", DType.I8);
    type("Byte", "uint8", DType.U8);
    type("Bool", "bool", DType.BOOL);
    type("ComplexFloat", "complex64", DType.C64);
    STORAGE_TYPES.put(new Global("torch.storage", "UntypedStorage"), DType.U8);
    STORAGE_TYPES.put(new Global("torch", "UntypedStorage"), DType.U8);
    ELEMENT_TYPES.put(new Global("torch", "uint16"), DType.U16);
    ELEMENT_TYPES.put(new Global("torch", "uint32"), DType.U32);
    ELEMENT_TYPES.put(new Global("torch", "uint64"), DType.U64);
    ELEMENT_TYPES.put(new Global("torch", "float8_e4m3fn"), DType.F8_E4M3);
    ELEMENT_TYPES.put(new Global("torch", "float8_e5m2"), DType.F8_E5M2);
  }

  private final TorchZip zip;

  TorchRules(TorchZip zip) {
    this.zip = zip;
  }

  private static Global rebuild(String what) {
    return new Global("torch._utils", "_rebuild_" + what);
  }

  private static void type(String storage, String element, DType dtype) {
    STORAGE_TYPES.put(new Global("torch", storage + "Storage"), dtype);
    ELEMENT_TYPES.put(new Global("torch", element), dtype);
  }

  @Override
  public boolean allows(Global global) {
    return STORAGE_TYPES.containsKey(global)
        || ELEMENT_TYPES.containsKey(global)
        || Dictionaries.include(global)
        || List.of(SIZE, REBUILD_V2, REBUILD_V3, REBUILD_PARAMETER, REBUILD_PARAMETER_WITH_STATE)
            .contains(global);
  }

  @Override
  public Object call(Global function, List<?> arguments) {
    if (Dictionaries.include(function)) {
      return Dictionaries.of(function, arguments);
    }
    if (function.equals(SIZE) && arguments.size() == 1 && arguments.get(0) instanceof List<?>) {
      return arguments.get(0);
    }
    if (function.equals(REBUILD_V2) && (arguments.size() == 6 || arguments.size() == 7)) {
      return tensor(arguments, storage(arguments.get(0)).dtype(), isNegated(arguments, 6));
    }
    if (function.equals(REBUILD_V3) && (arguments.size() == 7 || arguments.size() == 8)) {
      DType dtype = ELEMENT_TYPES.get(arguments.get(6));
      if (dtype != null) {
        return tensor(arguments, dtype, isNegated(arguments, 7));
      }
    }
    boolean parameter =
        (function.equals(REBUILD_PARAMETER) && arguments.size() == 3)
            || (function.equals(REBUILD_PARAMETER_WITH_STATE) && arguments.size() == 4);
    if (parameter && arguments.get(0) instanceof TorchTensor tensor) {
      return tensor;
    }
    throw new PickleException(
        "it calls " + PickleReader.shown(function.toString()) + " with unknown arguments");
  }

  /**
   * What PyTorch 2 says of a tensor beside its elements: {@code neg}, that all are to be negated.
   *
   * @param at where it is among the arguments, if it is there
   * @throws PickleException if it says anything else, which may change the values
   */
  private static boolean isNegated(List<?> arguments, int at) {
    if (arguments.size() <= at || arguments.get(at) == PickleReader.NONE) {
      return false;
    }
    if (!(arguments.get(at) instanceof Map<?, ?> metadata)) {
      throw new PickleException("it holds a tensor whose metadata is no dictionary");
    }
    for (Map.Entry<?, ?> entry : metadata.entrySet()) {
      boolean conjugate = "conj".equals(entry.getKey()) && Boolean.FALSE.equals(entry.getValue());
      boolean negative = "neg".equals(entry.getKey()) && entry.getValue() instanceof Boolean;
      if (!negative && !conjugate) {
        throw new PickleException(
            "it holds a tensor with the unknown metadata "
                + PickleReader.shown(String.valueOf(entry.getKey())));
      }
    }
    return Boolean.TRUE.equals(metadata.get("neg"));
  }

  private static TorchTensor tensor(List<?> arguments, DType dtype, boolean negated) {
    if (!(arguments.get(1) instanceof Long offset)) {
      throw new PickleException("it holds a tensor without an offset");
    }
    return new TorchTensor(
        storage(arguments.get(0)),
        dtype,
        negated,
        offset,
        sizes(arguments.get(2)),
        sizes(arguments.get(3)));
  }

  private static Storage storage(Object argument) {
    if (argument instanceof Storage storage) {
      return storage;
    }
    throw new PickleException("it holds a tensor without a storage");
  }

  private static List<Long> sizes(Object argument) {
    if (!(argument instanceof List<?> list)) {
      throw new PickleException("it holds a tensor without a shape");
    }
    return list.stream()
        .map(
            item -> {
              if (item instanceof Long size && size >= 0) {
                return size;
              }
              throw new PickleException("it holds a tensor with an impossible shape");
            })
        .toList();
  }

  /** {@code ("storage", type, key, location, number of elements)}. */
  @Override
  public Object persistent(Object id) {
    if (id instanceof List<?> parts
        && parts.size() >= 5
        && "storage".equals(parts.get(0))
        && STORAGE_TYPES.containsKey(parts.get(1))
        && parts.get(2) instanceof String key
        && parts.get(4) instanceof Long elements
        && elements >= 0) {
      return zip.check(new Storage(key, STORAGE_TYPES.get(parts.get(1)), elements));
    }
    throw new PickleException("it refers to data that is no storage");
  }
}
