package dev.llamastream.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the order of answers. */
final class OrderOption implements ITypeConverter<OrderOption.Order> {

  /** The order of answers. */
  enum Order {
    INPUT,
    FINISHED;

    @Override
    public String toString() {
      return this == INPUT ? "input" : "finished";
    }
  }

  @Override
  public Order convert(String value) {
    for (Order order : Order.values()) {
      if (order.toString().equals(value)) {
        return order;
      }
    }
    throw new TypeConversionException("'" + value + "', must be input or finished");
  }
}
