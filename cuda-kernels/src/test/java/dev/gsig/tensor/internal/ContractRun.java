package dev.gsig.tensor.internal;

import dev.gsig.tensor.Activation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Runs the contract without a test framework: for processes that a test run cannot start, such as
 * one under compute-sanitizer, or with a kernel that is wrong on purpose.
 */
public final class ContractRun extends BackendContract {
  private ContractRun(String backend) {
    super(backend, 1e-5);
  }

  /**
   * Runs tests until one fails; the exit code is 1 then.
   *
   * @param args name of the backend, then patterns of the tests' names; none for all of them
   */
  public static void main(String[] args) throws ReflectiveOperationException {
    List<String> patterns = Arrays.asList(args).subList(1, args.length);
    ContractRun contract = new ContractRun(args[0]);
    contract.open();
    int run = 0;
    for (Method test : tests(patterns)) {
      for (Object[] arguments : arguments(test)) {
        String failure = contract.failure(test, arguments);
        run++;
        if (failure != null) {
          System.out.println(test.getName() + ": " + failure);
          System.exit(1);
        }
      }
    }
    contract.close();
    System.out.println(run + " tests passed");
    System.exit(run == 0 ? 2 : 0);
  }

  private static List<Method> tests(List<String> patterns) {
    return Arrays.stream(ContractRun.class.getMethods())
        .filter(m -> m.isAnnotationPresent(Test.class) || isParameterized(m))
        .filter(m -> patterns.isEmpty() || patterns.stream().anyMatch(m.getName()::matches))
        .sorted(Comparator.comparing(Method::getName))
        .toList();
  }

  private static boolean isParameterized(Method test) {
    return test.isAnnotationPresent(ParameterizedTest.class);
  }

  private static List<Object[]> arguments(Method test) {
    List<Object[]> all = new ArrayList<>();
    if (isParameterized(test)) {
      for (Activation act : Activation.values()) {
        all.add(new Object[] {act});
      }
    } else {
      all.add(new Object[0]);
    }
    return all;
  }

  /** First line of what went wrong, or null. */
  private String failure(Method test, Object[] arguments) throws IllegalAccessException {
    try {
      poison();
      test.setAccessible(true);
      test.invoke(this, arguments);
      release();
      return null;
    } catch (InvocationTargetException e) {
      return String.valueOf(e.getCause()).lines().map(String::strip).reduce((a, b) -> b).orElse("");
    } catch (RuntimeException e) {
      return e.toString();
    }
  }
}
