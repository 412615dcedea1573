/**
 * What a new message starts with: a shop's newsletter that looks finished before a word is changed. It loads nothing from
 * the network (pictures that a mailbox blocks leave no holes) and has colours of its own for dark mailboxes.
 */
export const starterSubject = 'New this week, picked for you';
export const starterPreheader = 'Three small things for a better autumn, and free delivery until Sunday';

export const starterMjml = `<mjml>
  <mj-head>
    <mj-title>New this week</mj-title>
    <mj-attributes>
      <mj-all font-family="-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" />
      <mj-text font-size="15px" line-height="24px" color="#2b2f38" />
      <mj-section padding="0" />
      <mj-button background-color="#1f3a34" color="#ffffff" border-radius="24px" font-size="15px" font-weight="600" inner-padding="13px 28px" />
      <mj-class name="small" font-size="13px" line-height="20px" color="#6b7280" />
      <mj-class name="price" font-size="15px" line-height="22px" font-weight="600" color="#1f3a34" />
    </mj-attributes>
    <mj-raw>
      <meta name="color-scheme" content="light dark" />
      <meta name="supported-color-schemes" content="light dark" />
    </mj-raw>
    <mj-style>
      @media (prefers-color-scheme: dark) {
        .page, .page > div { background: #14171a !important; }
        .card, .card > table { background: #1d2226 !important; }
        .ink div, .ink a { color: #eef0f2 !important; }
        .quiet div, .quiet a { color: #a4abb6 !important; }
        .tile > table > tbody > tr > td > table { background: #2a3236 !important; }
        .price div { color: #9fd6c3 !important; }
        .line p { border-top-color: #343b41 !important; }
      }
    </mj-style>
  </mj-head>
  <mj-body background-color="#f3f1ec" css-class="page">

    <!-- Name of the shop -->
    <mj-section padding="28px 0 20px">
      <mj-column>
        <mj-text align="center" font-size="17px" font-weight="700" letter-spacing="3px" css-class="ink">
          YOUR SHOP
        </mj-text>
      </mj-column>
    </mj-section>

    <!-- The one thing this mail is about -->
    <mj-section background-color="#1f3a34" border-radius="14px 14px 0 0" padding="44px 24px 40px">
      <mj-column>
        <mj-text color="#b9d8cc" font-size="13px" font-weight="600" letter-spacing="1px" padding-bottom="0">
          THE AUTUMN EDIT
        </mj-text>
        <mj-text color="#ffffff" font-family="Georgia, 'Times New Roman', serif" font-size="36px" line-height="44px" padding-top="10px">
          Warm light, slow mornings
        </mj-text>
        <mj-text color="#dcebe5" font-size="16px" line-height="26px">
          Hello {{ contact.firstName | default: "there" }}, the first parcels of the season are here. We picked three things
          that make a kitchen feel like home.
        </mj-text>
        <mj-button align="left" href="https://example.com/new" background-color="#f2c879" color="#1f2a26" padding-top="16px">
          See what is new
        </mj-button>
      </mj-column>
    </mj-section>

    <!-- Three products -->
    <mj-section background-color="#ffffff" padding="28px 16px 8px" css-class="card">
      <mj-column padding="0 8px 16px" inner-background-color="#f6efe2" inner-border-radius="10px" css-class="tile">
        <mj-text font-family="Georgia, serif" font-size="19px" line-height="25px" padding="20px 18px 0" css-class="ink">Linen apron</mj-text>
        <mj-text mj-class="small" padding="4px 18px 0" css-class="quiet">Washed, with deep pockets</mj-text>
        <mj-text mj-class="price" padding="14px 18px 18px" css-class="price"><a href="https://example.com/linen-apron" style="color: inherit">£24, have a look</a></mj-text>
      </mj-column>
      <mj-column padding="0 8px 16px" inner-background-color="#e6eee9" inner-border-radius="10px" css-class="tile">
        <mj-text font-family="Georgia, serif" font-size="19px" line-height="25px" padding="20px 18px 0" css-class="ink">Oak board</mj-text>
        <mj-text mj-class="small" padding="4px 18px 0" css-class="quiet">One piece, oiled by hand</mj-text>
        <mj-text mj-class="price" padding="14px 18px 18px" css-class="price"><a href="https://example.com/oak-board" style="color: inherit">£38, have a look</a></mj-text>
      </mj-column>
      <mj-column padding="0 8px 16px" inner-background-color="#f3e7e2" inner-border-radius="10px" css-class="tile">
        <mj-text font-family="Georgia, serif" font-size="19px" line-height="25px" padding="20px 18px 0" css-class="ink">Stone mug</mj-text>
        <mj-text mj-class="small" padding="4px 18px 0" css-class="quiet">Holds a whole pot of tea</mj-text>
        <mj-text mj-class="price" padding="14px 18px 18px" css-class="price"><a href="https://example.com/stone-mug" style="color: inherit">£16, have a look</a></mj-text>
      </mj-column>
    </mj-section>

    <!-- A note -->
    <mj-section background-color="#ffffff" border-radius="0 0 14px 14px" padding="4px 24px 32px" css-class="card">
      <mj-column>
        <mj-divider border-width="1px" border-color="#ebe7df" padding="8px 0 22px" css-class="line" />
        <mj-text css-class="ink" padding="0 0 4px" font-weight="600">Free delivery until Sunday</mj-text>
        <mj-text css-class="quiet" color="#4b5563" padding="0">
          On every order over £30, with no code to remember. And if something does not fit your kitchen, you have 60 days to
          send it back.
        </mj-text>
      </mj-column>
    </mj-section>

    <!-- Who writes, and how to stop it -->
    <mj-section padding="24px 24px 36px">
      <mj-column>
        <mj-text align="center" mj-class="small" css-class="quiet">
          Your Shop, 1 Market Street, Town<br />
          You get this mail because you asked for our news.
          <a href="{{ unsubscribeUrl }}" style="color: inherit">Unsubscribe</a>
        </mj-text>
      </mj-column>
    </mj-section>

  </mj-body>
</mjml>
`;
