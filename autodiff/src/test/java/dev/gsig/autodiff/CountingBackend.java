package dev.gsig.autodiff;

import dev.gsig.tensor.Backend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;

/** Counts the calls of each method of a backend. */
final class CountingBackend {
  private final Map<String, Integer> calls = new HashMap<>();
  private final Backend counted;

  CountingBackend(Backend backend) {
    counted =
        (Backend)
            Proxy.newProxyInstance(
                Backend.class.getClassLoader(),
                new Class<?>[] {Backend.class},
                (proxy, method, arguments) -> {
                  calls.merge(method.getName(), 1, Integer::sum);
                  try {
                    return method.invoke(backend, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  Backend backend() {
    return counted;
  }

  int calls(String method) {
    return calls.getOrDefault(method, 0);
  }
}
