package dev.gsig.importer.internal.pickle;

import java.util.List;

/** What a pickle may name, and what that means. */
public interface Rules {
  /**
   * Whether a function or class is known here. It is only a name then: {@link #call} decides what
   * calling it gives. What is not known becomes an {@link Opaque}, or is refused.
   */
  boolean allows(Global global);

  /**
   * What a call gives, as data.
   *
   * @param function one that {@link #allows} let pass
   * @param arguments as the pickle gives them, unchecked
   * @return any value
   * @throws PickleException if the arguments are not what the function takes
   */
  Object call(Global function, List<?> arguments);

  /**
   * What a persistent id stands for: data outside the pickle.
   *
   * @param id as the pickle gives it, unchecked
   * @return any value
   * @throws PickleException if there is no such thing
   */
  Object persistent(Object id);

  /** Rules under which a pickle is plain data: numbers, texts, lists, dictionaries. */
  Rules PLAIN =
      new Rules() {
        @Override
        public boolean allows(Global global) {
          return Dictionaries.include(global);
        }

        @Override
        public Object call(Global function, List<?> arguments) {
          return Dictionaries.of(function, arguments);
        }

        @Override
        public Object persistent(Object id) {
          throw new PickleException("it refers to data outside itself");
        }
      };
}
